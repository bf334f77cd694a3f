"""Measures what is promised; fails where a figure does not hold: `python -m fiapx_testing.promises`."""

import argparse
import signal
import sys
import time
import traceback
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fiapx_testing.chaos.own_platform import own_platform
from fiapx_testing.promises.ground import Ground, Measure
from fiapx_testing.promises.registry import MEASURES
from fiapx_testing.promises.report import Result, markdown, write_json


def main() -> int:
    """0: all figures hold."""
    words = argparse.ArgumentParser(prog="make promises", description="The figures of docs/reliability.md.")
    words.add_argument("--only", default="", help="a part of a promise's name")
    words.add_argument("--quick", action="store_true", help="do little, to see that it works")
    words.add_argument("--folder", type=Path, default=Path(".local/promises"), help="clips, logs and results")
    told = words.parse_args()
    chosen = {name: measure for name, measure in MEASURES.items() if told.only in name}
    if not chosen:
        words.error(f"no promise has --only {told.only!r} in its name; there are {', '.join(MEASURES)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, nothing may run on
    folder = told.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    console = Console()
    results = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting the platform", total=len(chosen))
        with own_platform(folder) as own:
            ground = Ground(own.platform, own.network, folder, quick=told.quick)
            for name, measure in chosen.items():
                bar.update(task, description=name)
                results.append(_result(name, measure, ground, console))
                write_json(results, folder / "results.json")
                bar.advance(task)
    text = markdown(results)
    (folder / "results.md").write_text(text)
    console.print(text, markup=False, soft_wrap=True)
    return 0 if all(result.holds for result in results) else 1


def _result(name: str, measure: Measure, ground: Ground, console: Console) -> Result:
    """What could not be measured to its end is told, and the next one goes on."""
    began = time.monotonic()
    figures = []
    trouble = ""
    try:
        ground.platform.until(ground.platform.is_whole)
        for figure in measure(ground):
            figures.append(figure)
            console.print(f"{name}: {figure.name}: {figure.value:g} {figure.unit}", markup=False, highlight=False)
    except Exception as error:  # noqa: BLE001 - whatever breaks one measure says nothing of the others
        trouble = f"{type(error).__name__}: {error}"
        console.print(traceback.format_exc(), markup=False, highlight=False)
    return Result(name, tuple(figures), round(time.monotonic() - began, 1), trouble)


if __name__ == "__main__":
    sys.exit(main())
