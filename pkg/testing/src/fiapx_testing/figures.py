"""Single figures that must hold, and their table."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured, at most or at least `bound`."""

    name: str
    of: str
    """What it was measured on: a clip, a server."""
    value: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def percentile(values: Iterable[float], share: float) -> float:
    """The nearest rank, of at least one value."""
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def table(figures: Sequence[Figure], of: str) -> list[str]:
    """Lines of Markdown; `of`: what the second column is about."""
    lines = [f"| what | {of} | measured | must be |", "|---|---|---|---|"]
    for figure in figures:
        bound = f"{'≥' if figure.at_least else '≤'} {figure.bound:g} {figure.unit}".rstrip()
        lines.append(
            f"| {figure.name} | {figure.of} | **{figure.value:g} {figure.unit}".rstrip()
            + f"** | {bound}{'' if figure.holds else ' **missed**'} |"
        )
    return lines
