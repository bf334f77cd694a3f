"""Each rule on real clips whose frames carry their number."""

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.plan_warnings import WarningCode
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]

ALIKE = ["h264.mp4", "open_gop.mp4", "h264.ts", "vp9.webm", "without_pts.avi", "theora.ogv"]


async def counters(bench: Any, path: Path, rule: str, **request: object) -> list[int]:
    made = await bench.extract(path, rule, "1", **request)
    return [read_counter(image) for image in made.images]


@pytest.mark.parametrize("name", ALIKE)
async def test_every_25th_frame(name: str, make_clip: MakeClip, bench: Any) -> None:
    assert await counters(bench, make_clip(name), "every", step=25) == [0, 25, 50, 75]


async def test_every_tenth_frame_of_a_range(make_clip: MakeClip, bench: Any) -> None:
    limits = {"start_s": Fraction(1), "end_s": Fraction(2)}
    assert await counters(bench, make_clip("h264.mp4"), "every", step=10, **limits) == [30, 40, 50]


@pytest.mark.parametrize("name", ALIKE)
async def test_frames_by_their_numbers(name: str, make_clip: MakeClip, bench: Any) -> None:
    assert await counters(bench, make_clip(name), "frames", numbers=(1, 44, 45, 89)) == [1, 44, 45, 89]


@pytest.mark.parametrize("name", ["vfr.mp4", "edit_list.mp4"])
async def test_numbers_count_the_frames_that_are_shown(name: str, make_clip: MakeClip, bench: Any) -> None:
    first = {"vfr.mp4": 0, "edit_list.mp4": 21}[name]
    assert await counters(bench, make_clip(name), "frames", numbers=(0, 1, 10)) == [first, first + 1, first + 10]


async def test_an_interval_of_a_variable_rate(make_clip: MakeClip, bench: Any) -> None:
    assert await counters(bench, make_clip("vfr.mp4"), "interval", interval_s=Fraction(1)) == [0, 23, 45, 68]


async def test_a_count_spreads_over_the_clip(make_clip: MakeClip, bench: Any) -> None:
    assert await counters(bench, make_clip("h264.mp4"), "count", count=5) == [0, 18, 36, 54, 72]


async def test_timestamps_show_the_frames_on_screen(make_clip: MakeClip, bench: Any) -> None:
    asked = tuple(map(Fraction, ("2.99", "0", "1", "0.999", "1001/1000")))
    assert await counters(bench, make_clip("h264.mp4"), "timestamps", timestamps_s=asked) == [0, 29, 30, 30, 89]


async def test_timestamps_beyond_the_end_are_told(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("h264.mp4"), "timestamps", "1", timestamps_s=(Fraction(1), Fraction(3)))

    assert [read_counter(image) for image in made.images] == [30]
    (warned,) = made.plan.warnings
    assert warned.code is WarningCode.BEYOND_END
    assert "1 lie beyond the end" in warned.message["en"]


@pytest.mark.parametrize("name", ["h264.mp4", "h264.ts", "vp9.webm"])
async def test_within_the_tolerance_keyframes_stand_in_and_tell_their_true_time(
    name: str, make_clip: MakeClip, bench: Any
) -> None:
    wanted = {"interval_s": Fraction(4, 10), "tolerance_s": Fraction(1, 4), "end_s": Fraction(27, 10)}
    made = await bench.extract(make_clip(name), "interval", "1", **wanted)

    assert [read_counter(image) for image in made.images] == [0, 15, 30, 30, 45, 60, 75]
    entries = [entry for frame in made.frames for entry in frame.entries]
    assert all(entry.keyframe for entry in entries)
    assert [round(entry.time_s * 30) for entry in entries] == made.numbers


@pytest.mark.parametrize("name", ["h264.mp4", "open_gop.mp4", "h264.mkv", "h264.ts", "vp9.webm", "ten_bit.mp4"])
async def test_keyframes_are_those_that_the_decoder_calls_so(
    name: str, make_clip: MakeClip, bench: Any, chopping_bench: Any
) -> None:
    path = make_clip(name)
    expected = keyframe_numbers(path)

    for engine in (bench, chopping_bench):
        made = await engine.extract(path, "keyframes", "1")

        assert made.numbers == expected
        assert all(entry.keyframe for frame in made.frames for entry in frame.entries)
        assert [read_counter(image) for image in made.images] == expected


def keyframe_numbers(path: Path) -> list[int]:
    """By ffprobe, which decodes all frames."""
    words = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=key_frame", "-of", "csv=p=0"]
    told = subprocess.run([*words, str(path)], capture_output=True, check=True, text=True, timeout=60)
    return [number for number, line in enumerate(told.stdout.split()) if line.startswith("1")]
