"""Single figures beside the comparisons: bytes read, memory, and the whole platform on the wall."""

import json
import statistics
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fiapx_testing.benchmarks import contenders
from fiapx_testing.benchmarks.measuring import Run, run
from fiapx_testing.benchmarks.platform_runs import PlatformRuns
from fiapx_testing.figures import Figure

_MINUTES: Final = 120
_PNG: Final[dict[str, Any]] = {"sampling": {"rule": "ffmpeg_fps", "fps": 1}}
LONG: Final = "h264-1080p-2h.mp4"
ONE_MINUTE: Final = "h264-1080p-1min.mp4"
SIX_MINUTES: Final = "h264-1080p-6min.mp4"
DEEP: Final = "hevc-10bit-1080p.mp4"
FULL_HD: Final = "h264-1080p.mp4"
LARGE: Final = "h264-2160p.mp4"
SHORT: Final = "bikes-640x272.mp4"
MEASURED: Final = (LONG, ONE_MINUTE, SIX_MINUTES, DEEP, FULL_HD, LARGE, SHORT)


Measure = Callable[[], list[Figure]]


def measures(paths: Mapping[str, Path], folder: Path, *, two_hours: bool) -> Mapping[str, Measure]:
    """By what they are about; each takes a minute or a few, and `two_hours` of film half an hour."""
    lengths: dict[str, Measure] = {"length": lambda: list(_lengths(paths[ONE_MINUTE], paths[LONG]))}
    return {
        "bytes read": lambda: [_bytes_read(paths[LONG])],
        "memory": lambda: [figure for clip, most in _MEMORY.items() for figure in _memory(paths[clip], most)],
        "platform": lambda: list(_platform(paths, folder)),
        **(lengths if two_hours else {}),
    }


_MEMORY: Final = {FULL_HD: 200, DEEP: 320, LARGE: 500}


def _bytes_read(clip: Path) -> Figure:
    """Beyond the index, which must be read once: all that is no media data."""
    told = _told(contenders.last_minute(str(clip)))
    if told["frames"] != 60:
        raise AssertionError(f"{told['frames']} frames of the last minute")
    share = (told["read_bytes"] - told["index_bytes"]) / clip.stat().st_size
    return Figure("bytes read for the last minute, without the index", clip.name, round(100 * share, 2), "%", 3)


def _lengths(minute: Path, hours: Path) -> Iterator[Figure]:
    """What a minute of two hours costs against one alone (the median of three), and the memory of both."""
    alone = [run(contenders.engine(str(minute), _PNG)) for _ in range(3)]
    whole = run(contenders.engine(str(hours), _PNG))
    taken: list[tuple[str, Callable[[Run], float], float]] = [
        ("CPU time", lambda one: one.cpu_s, _MINUTES),
        ("wall time", lambda one: one.wall_s, _MINUTES),
        ("peak memory of the decoder child", lambda one: float(json.loads(one.said)["child_mb"]), 1),
    ]
    for name, of, minutes in taken:
        by_minute = statistics.median(map(of, alone))
        difference = abs(of(whole) / minutes / by_minute - 1)
        yield Figure(f"{name} by the minute, two hours against one minute", LONG, round(100 * difference, 1), "%", 10)
    yield Figure("peak memory of its parent", LONG, round(json.loads(whole.said)["parent_mb"]), "MB", 180)


def _memory(clip: Path, most: float) -> list[Figure]:
    told = _told(contenders.engine(str(clip), _PNG))
    return [
        Figure("peak memory of the decoder child", clip.name, round(told["child_mb"]), "MB", most),
        Figure("peak memory of its parent", clip.name, round(told["parent_mb"]), "MB", 180),
    ]


def _platform(paths: Mapping[str, Path], folder: Path) -> Iterator[Figure]:
    alone_s = run(contenders.engine(str(paths[FULL_HD]), _PNG)).wall_s
    with PlatformRuns(folder / "platform") as platform:
        platform.keep_workers(1)
        platform.accepted_to_completed_s(paths[SHORT], _PNG)  # what is loaded once
        yield Figure("idle platform, a clip of ten seconds", SHORT, platform.median_s(paths[SHORT], _PNG), "s", 1.5)
        most_s = round(alone_s * 1.15 + 1, 2)
        name = f"platform with one worker (engine alone: {alone_s:.2f} s)"
        yield Figure(name, FULL_HD, platform.median_s(paths[FULL_HD], _PNG), "s", most_s)
        first_s = platform.median_to_first_frame_s(paths[SIX_MINUTES], _PNG)
        yield Figure("first frames visible, after the start", SIX_MINUTES, first_s, "s", 2)
        platform.pin()
        one_s = platform.accepted_to_completed_s(paths[SIX_MINUTES], _PNG)
        platform.keep_workers(2)
        platform.pin()
        ratio = one_s / platform.accepted_to_completed_s(paths[SIX_MINUTES], _PNG)
        yield Figure("one worker on one core ÷ two on one each", SIX_MINUTES, round(ratio, 2), "", 1.5, at_least=True)


def _told(command: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(command).said)
    return told
