"""What came out as a table for people and as JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fiapx_testing.figures import Figure, table
from fiapx_testing.machines import machine


@dataclass(frozen=True)
class Result:
    """Of one measure."""

    promise: str
    figures: tuple[Figure, ...]
    seconds: float
    """It took."""
    trouble: str = ""
    """Why it ended early, if it did."""

    @property
    def holds(self) -> bool:
        return not self.trouble and bool(self.figures) and all(figure.holds for figure in self.figures)


def markdown(results: Sequence[Result]) -> str:
    figures = [
        replace(figure, name=f"*{result.promise}*: {figure.name}") for result in results for figure in result.figures
    ]
    times = ", ".join(f"{result.promise} {result.seconds:.0f} s" for result in results)
    broken = [f"- **{result.promise} ended early**: {result.trouble}" for result in results if result.trouble]
    facts = "; ".join(f"{name}: {value}" for name, value in machine().items())
    return "\n".join([facts, "", *table(figures, "of"), "", f"It took: {times}.", *broken, ""])


def write_json(results: Sequence[Result], file: Path) -> None:
    told = {"machine": machine(), "promises": [{**asdict(result), "holds": result.holds} for result in results]}
    file.write_text(json.dumps(told, indent=1) + "\n")
