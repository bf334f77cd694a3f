"""Single figures beside the comparisons: bytes read, memory, and the whole platform on the wall."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fiapx_testing.benchmarks import contenders
from fiapx_testing.benchmarks.measuring import run
from fiapx_testing.benchmarks.platform_runs import PlatformRuns

_TIMEOUT_S: Final = 1800
_PNG: Final[dict[str, Any]] = {"sampling": {"rule": "ffmpeg_fps", "fps": 1}}
LONG: Final = "h264-1080p-2h.mp4"
SIX_MINUTES: Final = "h264-1080p-6min.mp4"
DEEP: Final = "hevc-10bit-1080p.mp4"
FULL: Final = "h264-1080p.mp4"
LARGE: Final = "h264-2160p.mp4"
SHORT: Final = "bikes-640x272.mp4"
MEASURED: Final = (LONG, SIX_MINUTES, DEEP, FULL, LARGE, SHORT)


@dataclass(frozen=True)
class Figure:
    """What was measured, at most or at least `bound`."""

    name: str
    clip: str
    value: float
    unit: str
    bound: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


Measure = Callable[[], list[Figure]]


def measures(paths: Mapping[str, Path], folder: Path) -> Mapping[str, Measure]:
    """By what they are about; each takes a minute or a few."""
    return {
        "bytes read": lambda: [_bytes_read(paths[LONG])],
        "memory": lambda: [figure for clip, most in _MEMORY.items() for figure in _memory(paths[clip], most)],
        "platform": lambda: list(_platform(paths, folder)),
    }


_MEMORY: Final = {FULL: 200, DEEP: 320, LARGE: 500}


def _bytes_read(clip: Path) -> Figure:
    """Beyond the index, which must be read once: all that is no media data."""
    told = _told(contenders.last_minute(str(clip)))
    if told["frames"] != 60:
        raise AssertionError(f"{told['frames']} frames of the last minute")
    share = (told["read_bytes"] - told["index_bytes"]) / clip.stat().st_size
    return Figure("bytes read for the last minute, without the index", clip.name, round(100 * share, 2), "%", 3)


def _memory(clip: Path, most: float) -> list[Figure]:
    told = _told(contenders.engine(str(clip), _PNG))
    return [
        Figure("peak memory of the decoder child", clip.name, round(told["child_mb"]), "MB", most),
        Figure("peak memory of its parent", clip.name, round(told["parent_mb"]), "MB", 180),
    ]


def _platform(paths: Mapping[str, Path], folder: Path) -> Iterator[Figure]:
    alone_s = run(contenders.engine(str(paths[FULL]), _PNG)).wall_s
    with PlatformRuns(folder / "platform") as platform:
        platform.keep_workers(1)
        platform.accepted_to_completed_s(paths[SHORT], _PNG)  # what is loaded once
        yield Figure("idle platform, a clip of ten seconds", SHORT, platform.median_s(paths[SHORT], _PNG), "s", 1.5)
        most_s = round(alone_s * 1.15 + 1, 2)
        name = f"platform with one worker (engine alone: {alone_s:.2f} s)"
        yield Figure(name, FULL, platform.median_s(paths[FULL], _PNG), "s", most_s)
        platform.pin()
        one_s = platform.accepted_to_completed_s(paths[SIX_MINUTES], _PNG)
        platform.keep_workers(2)
        platform.pin()
        ratio = one_s / platform.accepted_to_completed_s(paths[SIX_MINUTES], _PNG)
        yield Figure("one worker on one core ÷ two on one each", SIX_MINUTES, round(ratio, 2), "", 1.5, at_least=True)


def _told(command: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(command, cwd=empty, stdout=subprocess.PIPE, check=True, timeout=_TIMEOUT_S, text=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told
