"""Scenes on real clips with cuts: the frames that ffmpeg's own filter selects."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.errors import DecoderFailed, VideoRefused
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavEngine, LibavSettings
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.source_bytes import LocalFile
from fiapx_models.failures import FailureCode

MakeClip = Callable[[str], Path]

CLIPS = [
    "cuts.mp4",
    "cuts.ts",
    "cuts.avi",
    "cuts.webm",
    "cuts_ten_bit.mov",
    "cuts_vfr.mp4",
    "cuts_edit_list.mp4",
    "cuts_rotated.mp4",
]


@pytest.fixture
def both_chances(bench: Any, chopping_bench: Any) -> tuple[Any, Any]:
    """Who decodes from the beginning, and who seeks wherever it can."""
    return bench, chopping_bench


def selecting(threshold: str) -> str:
    return f"select='eq(n,0)+gt(scene,{threshold})'"


@pytest.mark.parametrize("name", CLIPS)
async def test_scenes_are_those_of_ffmpegs_filter(name: str, make_clip: MakeClip, bench: Any, oracle: Any) -> None:
    path = make_clip(name)
    made = await bench.extract(path, "scenes", "1", threshold=Fraction(3, 10))

    assert len(made.numbers) >= 4
    assert made.numbers == oracle.scenes(path, made.source, "0.3")
    assert made.plan.warnings == ()


@pytest.mark.parametrize("threshold", ["0", "0.003", "0.1", "0.4", "1"])
async def test_any_threshold_is_compared_as_ffmpeg_does(
    threshold: str, make_clip: MakeClip, bench: Any, oracle: Any
) -> None:
    path = make_clip("cuts.mp4")
    made = await bench.extract(path, "scenes", "1", threshold=Fraction(threshold))

    assert made.numbers == oracle.scenes(path, made.source, threshold)
    assert made.pixels == oracle.selected(path, made.source, selecting(threshold))
    assert (len(made.numbers) == 1) == (threshold == "1")


@pytest.mark.parametrize("name", ["cuts.mp4", "cuts.ts", "cuts_vfr.mp4"])
@pytest.mark.parametrize("limits", [(Fraction(4, 10), Fraction(21, 10)), (Fraction(5, 4), Fraction(5, 2))])
async def test_scenes_of_a_range_are_those_after_a_trim(
    name: str, limits: tuple[Fraction, Fraction], make_clip: MakeClip, both_chances: tuple[Any, Any], oracle: Any
) -> None:
    path, (start, end) = make_clip(name), limits
    for engine in both_chances:
        made = await engine.extract(path, "scenes", "1", start_s=start, end_s=end)

        timeline = made.source.timeline
        zero = (timeline.first - timeline.file_start) * timeline.time_base
        trim = f"trim=start={float(zero + start)}:end={float(zero + end)}"
        assert len(made.numbers) >= 3
        assert made.pixels == oracle.selected(path, made.source, trim, selecting("0.3"))


async def test_max_frames_keeps_the_first_scenes(make_clip: MakeClip, bench: Any) -> None:
    all_of_them = await bench.extract(make_clip("cuts.mp4"), "scenes", "1")
    some = await bench.extract(make_clip("cuts.mp4"), "scenes", "1", max_frames=2)

    assert some.numbers == all_of_them.numbers[:2]
    assert [told.code for told in some.plan.warnings] == [WarningCode.MAX_FRAMES_REACHED]


async def test_a_range_without_frames_gives_the_one_on_screen(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("cuts.mp4"), "scenes", "1", start_s=Fraction(100))

    assert made.numbers == [len(made.source.timeline.pts) - 1]
    assert [told.code for told in made.plan.warnings] == [WarningCode.RANGE_BEYOND_END]


async def test_any_number_of_segments_gives_the_same_images(
    make_clip: MakeClip, bench: Any, chopping_bench: Any
) -> None:
    whole = await bench.extract(make_clip("cuts.mp4"), "scenes", "1")
    pieces = await chopping_bench.extract(make_clip("cuts.mp4"), "scenes", "1")

    assert len(pieces.plan.segments) > 1
    assert (pieces.numbers, pieces.images) == (whole.numbers, whole.images)


async def test_libav_alone_says_that_it_finds_no_scenes(fork_server: ForkServer, make_clip: MakeClip) -> None:
    engine, video = LibavEngine(LibavSettings(), fork_server), LocalFile(make_clip("cuts.mp4"))
    source = await engine.probe(video)

    with pytest.raises(VideoRefused, match="found by ffmpeg, which is switched off") as refused:
        await engine.completed(video, source, ExtractionRequest("scenes"))

    assert refused.value.code is FailureCode.INTERNAL


async def test_looking_for_scenes_has_a_time_limit_of_its_own(fork_server: ForkServer, make_clip: MakeClip) -> None:
    engine, video = FfmpegEngine(FfmpegSettings(scenes_timeout_s=0.001), fork_server), LocalFile(make_clip("cuts.mp4"))
    source = await engine.probe(video)

    with pytest.raises(DecoderFailed) as failed:
        await engine.completed(video, source, ExtractionRequest("scenes"))

    assert failed.value.code is FailureCode.TIMEOUT
