"""`make chaos`: faults at random while videos are uploaded; fails where an invariant is broken."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fiapx_testing.chaos.mutants import MUTANTS
from fiapx_testing.chaos.report import markdown, write_json
from fiapx_testing.chaos.run import Wish, run
from fiapx_testing.chaos.schedule import Fault
from fiapx_testing.clips import Clip, Clips

_FULL: Final = (1000, 2400.0, 1, 10)
"""Uploads, seconds, how often each fault, how often SIGKILL."""


def main() -> int:
    """0: every invariant held, and every program came back."""
    words = argparse.ArgumentParser(prog="make chaos", description="Faults against a whole platform.")
    words.add_argument("--uploads", type=int, default=60)
    words.add_argument("--seconds", type=float, default=180.0, help="in which the uploads and faults happen")
    words.add_argument("--times", type=int, default=1, help="how often each fault strikes each target")
    words.add_argument("--kills", type=int, help="how often SIGKILL strikes each, by default as often as the others")
    words.add_argument("--faults", nargs="+", choices=[fault.value for fault in Fault], default=list(Fault))
    words.add_argument("--programs", nargs="+", default=[], help="whom they strike, by default all")
    words.add_argument("--seed", type=int, default=1, help="replays a run")
    words.add_argument("--settles-within", type=float, default=240.0, help="seconds after the last fault")
    words.add_argument("--mutant", choices=MUTANTS, help="a fault of the platform's own, which must be found")
    words.add_argument("--full", action="store_true", help="1,000 uploads in 40 minutes, each killed ten times")
    words.add_argument("--folder", type=Path, default=Path(".local/chaos"), help="ledger, evidence and results")
    told = words.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it, nothing may run on
    asked = (told.uploads, told.seconds, told.times, told.times if told.kills is None else told.kills)
    uploads, seconds, once, kills = _FULL if told.full else asked
    times = {fault: kills if fault is Fault.KILL else once for fault in map(Fault, told.faults)}
    programs = frozenset(told.programs)
    wish = Wish(uploads, seconds, times, told.seed, told.settles_within, programs, told.mutant)
    folder = told.folder.resolve()
    console = Console()
    clips = {clip.path.name: clip.path for clip in _clips(folder / "clips")}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=1)
        verdict = run(
            wish, clips, folder, lambda what, now, all_: bar.update(task, description=what, completed=now, total=all_)
        )
    text = markdown(wish, verdict)
    (folder / "results.md").write_text(text)
    write_json(wish, verdict, folder / "results.json")
    console.print(text, markup=False, soft_wrap=True)
    return 0 if verdict.holds else 1


def _clips(folder: Path) -> list[Clip]:
    clips = Clips(folder)
    return [
        clips.counter(frames=60),
        clips.counter(frames=900, size=(640, 360), gop=30, b_frames=2),
        clips.counter(frames=150, codec="vp9", container="webm"),
    ]


if __name__ == "__main__":
    sys.exit(main())
