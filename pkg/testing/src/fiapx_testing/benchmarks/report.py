"""Measurements as a table, as JSON, and as a picture."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from fiapx_testing.benchmarks.comparisons import Comparison
from fiapx_testing.benchmarks.measuring import Pairs
from fiapx_testing.figures import Figure
from fiapx_testing.figures import table as figure_table

_ROW, _LEFT, _WIDTH, _TOP = 26, 430, 820, 34
_STYLE: Final = "text{font:12px sans-serif;fill:#57606a}.title{font-weight:600}.bound{stroke:#cf222e;stroke-width:2}"


@dataclass(frozen=True)
class Row:
    """One comparison as it came out."""

    name: str
    clip: str
    ratio: float
    lowest: float
    highest: float
    bound: float
    at_most: bool
    holds: bool
    one_cpu_s: float
    other_cpu_s: float
    other_wall_s: float
    pairs: int


def row(comparison: Comparison, measured: Pairs) -> Row:
    ratios = measured.ratios
    return Row(
        name=comparison.name,
        clip=comparison.clip,
        ratio=round(measured.ratio, 2),
        lowest=round(min(ratios), 2),
        highest=round(max(ratios), 2),
        bound=comparison.bound,
        at_most=comparison.at_most,
        holds=comparison.holds(measured.ratio),
        one_cpu_s=round(statistics.median(run.cpu_s for run in measured.one), 2),
        other_cpu_s=round(statistics.median(run.cpu_s for run in measured.other), 2),
        other_wall_s=round(statistics.median(run.wall_s for run in measured.other), 2),
        pairs=len(ratios),
    )


def markdown(rows: Sequence[Row], figures: Sequence[Figure], machine: dict[str, str]) -> str:
    told = [f"{name}: {value}" for name, value in machine.items()]
    table = [
        "| what | clip | ratio (lowest to highest) | must be | CPU s |",
        "|---|---|---|---|---|",
    ]
    for one in rows:
        bound = f"{'≤' if one.at_most else '≥'} {one.bound}{'' if one.holds else ' **missed**'}"
        spread = f"**{one.ratio:.2f}** ({one.lowest:.2f} to {one.highest:.2f})"
        cpu = f"{one.one_cpu_s:.2f} ÷ {one.other_cpu_s:.2f}"
        table.append(f"| {one.name} | {one.clip} | {spread} | {bound} | {cpu} |")
    return "\n".join(["; ".join(told), "", *table, "", *figure_table(figures, "clip"), ""])


def write_json(rows: Sequence[Row], figures: Sequence[Figure], machine: dict[str, str], file: Path) -> None:
    told = {"machine": machine, "rows": list(map(asdict, rows)), "figures": list(map(asdict, figures))}
    file.write_text(json.dumps(told, indent=1) + "\n")


def draw(rows: Sequence[Row], file: Path) -> None:
    """A bar for each ratio, its bound as a red line (SVG)."""
    height = _TOP + _ROW * len(rows) + 10
    scale = (_WIDTH - _LEFT - 60) / max((max(one.ratio, one.bound) for one in rows), default=1.0)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
        '<text class="title" x="10" y="20">CPU time of the first ÷ of the second; red: what must hold</text>',
    ]
    for number, one in enumerate(rows):
        top = _TOP + number * _ROW
        end, bound = _LEFT + one.ratio * scale, _LEFT + one.bound * scale
        parts += [
            f'<text x="{_LEFT - 8}" y="{top + 14}" text-anchor="end">{one.name}: {one.clip}</text>',
            f'<rect x="{_LEFT}" y="{top + 2}" width="{end - _LEFT:.1f}" height="16" fill="#0969da"/>',
            f'<line class="bound" x1="{bound:.1f}" x2="{bound:.1f}" y1="{top}" y2="{top + 20}"/>',
            f'<text x="{max(end, bound) + 6:.1f}" y="{top + 14}">{one.ratio:.2f}</text>',
        ]
    file.write_text("\n".join([*parts, "</svg>", ""]))
