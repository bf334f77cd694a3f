"""Measures the API; fails where a figure does not hold: `python -m fiapx_testing.api_benchmarks`."""

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fiapx_testing.api_benchmarks.ground import Measure, ground
from fiapx_testing.api_benchmarks.logins import logins
from fiapx_testing.api_benchmarks.reads import reads
from fiapx_testing.api_benchmarks.uploads import uploads
from fiapx_testing.figures import Figure, table
from fiapx_testing.machines import machine

MEASURES: Final[Mapping[str, Measure]] = {"reads": reads, "uploads": uploads, "logins": logins}


def main() -> int:
    """0: all figures hold."""
    words = argparse.ArgumentParser(prog="make bench-api", description="How fast the API is, by ratios of one run.")
    words.add_argument("--only", choices=MEASURES, help="one of the measures")
    words.add_argument("--runs", type=int, default=5, help="of each load, by turns")
    words.add_argument("--seconds", type=float, default=10.0, help="of each load")
    words.add_argument("--folder", type=Path, default=Path(".local/bench-api"), help="platform and results")
    told = words.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, nothing may run on
    folder = told.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    chosen = {name: measure for name, measure in MEASURES.items() if told.only in (None, name)}
    figures: list[Figure] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting the platform", total=len(chosen))
        with ground(folder, runs=told.runs, seconds=told.seconds) as on:
            for name, measure in chosen.items():
                bar.update(task, description=name)
                figures += measure(on)
                bar.advance(task)
    facts = machine()
    head = "; ".join(f"{name}: {value}" for name, value in facts.items())
    text = "\n".join([head, "", *table(figures, "of"), ""])
    (folder / "results.md").write_text(text)
    results = {"machine": facts, "figures": [{**asdict(figure), "holds": figure.holds} for figure in figures]}
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    console.print(text, markup=False, soft_wrap=True)
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
