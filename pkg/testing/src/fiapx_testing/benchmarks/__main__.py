"""Runs every comparison, and fails where one does not hold: `python -m fiapx_testing.benchmarks`."""

import argparse
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from fiapx_local.demo.sample import whole_film
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fiapx_testing.benchmarks.clips import Clips
from fiapx_testing.benchmarks.comparisons import COMPARED, Comparison, comparisons
from fiapx_testing.benchmarks.contenders import ARCHIVE
from fiapx_testing.benchmarks.figures import MEASURED, Measure, measures
from fiapx_testing.benchmarks.measuring import pairs, run
from fiapx_testing.benchmarks.report import Row, draw, markdown, row, write_json
from fiapx_testing.figures import Figure
from fiapx_testing.machines import machine


def main() -> int:
    """0: all figures hold."""
    words = argparse.ArgumentParser(prog="make bench", description="The engine against the plain ffmpeg command line.")
    words.add_argument("--folder", type=Path, default=Path(".local/bench"), help="clips and results")
    words.add_argument("--pairs", type=int, default=5, help="runs of each, by turns")
    words.add_argument("--only", default="", help="a part of a name or a clip")
    words.add_argument("--full", action="store_true", help="also two hours of film, which take half an hour")
    told = words.parse_args()
    console = Console()
    folder = told.folder.resolve()
    clips = Clips(folder / "clips", whole_film(folder), Path(sys.executable).with_name("uv"))
    with console.status("making clips (some minutes and 5 GB the first time)"):
        paths = {name: clips.path(name) for name in sorted({*COMPARED, *MEASURED})}
    chosen = [one for one in comparisons(paths) if told.only in one.name or told.only in one.clip]
    rows = _measured(chosen, told.pairs, console)
    figures = _figures(measures(paths, folder, two_hours=told.full), told.only, console)
    where = _machine()
    text = markdown(rows, figures, where)
    (folder / "results.md").write_text(text)
    write_json(rows, figures, where, folder / "results.json")
    draw(rows, folder / "results.svg")
    console.print(text, markup=False)
    console.print(f"written: {folder}/results.md, .json, .svg")
    return 0 if all(one.holds for one in rows) and all(figure.holds for figure in figures) else 1


def _figures(chosen: Mapping[str, Measure], only: str, console: Console) -> list[Figure]:
    figures = []
    for name, measure in chosen.items():
        if only in name:
            with console.status(name):
                figures += measure()
    return figures


def _measured(chosen: list[Comparison], count: int, console: Console) -> list[Row]:
    rows = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=len(chosen) * count * 2)
        for comparison in chosen:
            bar.update(task, description=f"{comparison.name}: {comparison.clip}")
            if comparison.same_pixels:
                _compare_pixels(comparison)
            measured = pairs(comparison.one, comparison.other, count, lambda: bar.advance(task))
            rows.append(row(comparison, measured))
    return rows


def _compare_pixels(comparison: Comparison) -> None:
    """Raises AssertionError: the two do not show the same."""
    shown = []
    for command in (comparison.one, comparison.other):
        with tempfile.TemporaryDirectory() as folder:
            run(command, keep=Path(folder))
            with zipfile.ZipFile(Path(folder) / ARCHIVE) as archive:
                images = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".png"))
        words = ["ffmpeg", "-v", "error", "-f", "image2pipe", "-c:v", "png", "-i", "-", "-f", "framemd5", "-"]
        hashes = subprocess.run(words, input=images, capture_output=True, check=True, timeout=300).stdout.decode()
        shown.append([line.split(",")[-1] for line in hashes.splitlines() if not line.startswith("#")])
    if shown[0] != shown[1] or not shown[0]:
        raise AssertionError(f"{comparison.clip}: the engine's pixels are not plain ffmpeg's")


def _machine() -> dict[str, str]:
    ffmpeg = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True, timeout=60).stdout
    return {
        **machine(),
        "ffmpeg": ffmpeg.split()[2],
        "PyAV": version("av"),
    }


if __name__ == "__main__":
    sys.exit(main())
