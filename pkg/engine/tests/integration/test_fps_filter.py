"""The rule ffmpeg_fps against ffmpeg's own filter, where its end or a range make it hard."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.auto_engine import AutoEngine
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavEngine, LibavSettings
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.selection import select_frames
from fiapx_engine.source_bytes import LocalFile

MakeClip = Callable[[str], Path]


@pytest.mark.parametrize("fps", ["10", "30"])
@pytest.mark.parametrize("name", ["vfr.mp4", "vfr_cut.mp4"])
async def test_ffmpeg_fps_ends_where_ffmpeg_says_that_a_variable_rate_does(
    name: str, fps: str, make_clip: MakeClip, bench: Any, oracle: Any
) -> None:
    made = await bench.extract(make_clip(name), "ffmpeg_fps", fps)

    assert made.pixels == oracle.filtered(make_clip(name), made.source, f"fps={fps}")


async def test_ffmpeg_is_not_asked_for_an_end_that_changes_nothing(
    fork_server: ForkServer, make_clip: MakeClip
) -> None:
    missing = FfmpegEngine(FfmpegSettings(ffmpeg="no-such-program"), fork_server)
    fast = AutoEngine(LibavEngine(LibavSettings(), fork_server), missing)
    engines: list[AutoEngine | FfmpegEngine] = [fast, FfmpegEngine(FfmpegSettings(), fork_server)]
    video, wanted = LocalFile(make_clip("vfr_cut.mp4")), ExtractionRequest("ffmpeg_fps", Fraction(1))

    sources = [await engine.probe(video) for engine in engines]
    requests = [await engine.completed(video, source, wanted) for engine, source in zip(engines, sources, strict=True)]

    assert sources[0].timeline.told_end is None
    by_fast, by_sure = [
        select_frames(source.timeline, request, 100) for source, request in zip(sources, requests, strict=True)
    ]
    assert by_fast == by_sure


@pytest.mark.parametrize("name", ["h264.mp4", "vfr.mp4", "late.mp4", "h264.mkv"])
@pytest.mark.parametrize("limits", [("0", "1.1"), ("0.55", "2"), ("1.234567", "1.8")])
async def test_ffmpeg_fps_of_a_range_is_a_trim_before_the_filter(
    name: str, limits: tuple[str, str], make_clip: MakeClip, bench: Any, oracle: Any
) -> None:
    path, (start, end) = make_clip(name), limits
    made = await bench.extract(path, "ffmpeg_fps", "10", start_s=Fraction(start), end_s=Fraction(end))

    trim = f"trim=start={start}:end={end}"
    assert made.pixels == oracle.filtered(path, made.source, trim, "setpts=PTS-STARTPTS", "fps=10")
