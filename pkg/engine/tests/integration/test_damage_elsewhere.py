"""Damage that no wanted frame is decoded from, in what is decoded all the same."""

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.damage import merged
from fiapx_engine.errors import VideoRefused
from fiapx_engine.plan_warnings import WarningCode
from fiapx_models.failures import FailureCode
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]
MakeDamaged = Callable[[str, int, int], Path]


@pytest.fixture
def make_damaged(make_clip: MakeClip, tmp_path: Path) -> MakeDamaged:
    """A copy of a clip whose packets from one number to another, in decode order, hold nothing but zeros."""

    def make(name: str, first: int, last: int) -> Path:
        path = make_clip(name)
        words = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pos,size", "-of", "json"]
        told = subprocess.run([*words, str(path)], capture_output=True, check=True, timeout=60)
        data = bytearray(path.read_bytes())
        for packet in json.loads(told.stdout)["packets"][first : last + 1]:
            at, size = int(packet["pos"]), int(packet["size"])
            data[at : at + size] = bytes(size)
        damaged = tmp_path / name
        damaged.write_bytes(data)
        return damaged

    return make


@pytest.fixture
def twice(make_clip: MakeClip, make_damaged: MakeDamaged) -> tuple[MakeClip, MakeDamaged]:
    """Intact, and damaged."""
    return make_clip, make_damaged


@pytest.fixture
def both_ways(bench: Any, chopping_bench: Any) -> tuple[Any, Any]:
    """From the beginning, and by seeks."""
    return bench, chopping_bench


def stretches(made: Any) -> list[tuple[float, float]]:
    return merged(stretch for frame in made.frames for stretch in frame.damaged)


@pytest.mark.parametrize(
    ("name", "zeroed", "wanted"),
    [
        ("h264.mp4", (33, 35), (75,)),
        ("h264.mp4", (33, 35), (3, 29, 45, 75)),
        ("mpeg4.avi", (33, 35), (29, 46)),
        ("interlaced.mp4", (3, 5), (38, 40)),
        ("ten_bit.mp4", (33, 35), (20, 50)),
        ("short_gop.mp4", (31, 33), (24, 35)),
        ("open_gop.mp4", (33, 35), (29, 62)),
    ],
)
async def test_it_is_none_of_their_concern(
    name: str, zeroed: tuple[int, int], wanted: tuple[int, ...], twice: tuple[MakeClip, MakeDamaged], bench: Any
) -> None:
    make_clip, make_damaged = twice
    intact = await bench.extract(make_clip(name), "frames", "1", numbers=wanted)
    path = make_damaged(name, *zeroed)

    for keep in (False, True):
        made = await bench.extract(path, "frames", "1", numbers=wanted, keep_damaged=keep)

        assert made.numbers == list(wanted)
        assert made.pixels == intact.pixels
        assert stretches(made) == []


async def test_a_frame_that_waits_in_the_decoder_is_not_lost_with_the_packet_after_it(
    make_damaged: MakeDamaged, both_benches: tuple[Any, Any]
) -> None:
    _, auto = both_benches
    made = await auto.extract(make_damaged("short_gop.mp4", 31, 33), "frames", "1", numbers=(29, 35))

    assert [read_counter(image) for image in made.images] == [29, 35]


async def test_damage_before_a_frame_of_intra_refresh_is_its_own(make_damaged: MakeDamaged, bench: Any) -> None:
    """Its keyframes are not pictures of their own, so what they follow must be whole."""
    with pytest.raises(VideoRefused) as refused:
        await bench.extract(make_damaged("intra_refresh.mp4", 33, 35), "frames", "1", numbers=(75,))

    assert refused.value.code == FailureCode.DAMAGED


@pytest.mark.parametrize("name", ["h264.mp4", "ten_bit.mp4", "mpeg4.avi", "interlaced.mp4"])
@pytest.mark.parametrize("zeroed", [(15, 15), (19, 21), (29, 31)])
async def test_a_frame_decoded_from_damage_is_refused(
    name: str, zeroed: tuple[int, int], make_damaged: MakeDamaged, both_ways: tuple[Any, Any]
) -> None:
    path = make_damaged(name, *zeroed)

    for bench in both_ways:
        with pytest.raises(VideoRefused) as refused:
            await bench.extract(path, "frames", "1", numbers=(3, zeroed[1] + 2, 44))
        assert refused.value.code == FailureCode.DAMAGED


@pytest.mark.parametrize("name", ["h264.mp4", "short_gop.mp4"])
@pytest.mark.parametrize("image_format", ["png", "jpeg"])
async def test_any_number_of_segments_keeps_the_same_bytes_and_tells_the_same_damage(
    name: str, image_format: str, make_damaged: MakeDamaged, cut_benches: list[Any]
) -> None:
    path = make_damaged(name, 33, 35)
    told = []
    for bench in cut_benches:
        made = await bench.extract(path, "every", "1", keep_damaged=True, format=image_format)
        told.append((made.numbers, [hashlib.sha256(image).hexdigest() for image in made.images], stretches(made)))

    assert told[1] == told[0]
    assert told[2] == told[0]
    assert len(told[0][0]) > 80
    assert told[0][2]


@pytest.mark.parametrize("name", ["h264.mkv", "vp9.webm", "h264.flv", "mpeg4.avi", "wmv2.wmv"])
async def test_of_a_file_that_was_cut_off_what_is_whole_can_be_had(
    name: str, make_clip: MakeClip, bench: Any, tmp_path: Path
) -> None:
    data = make_clip(name).read_bytes()
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * 0.6)])

    intact = await bench.extract(make_clip(name), "frames", "1", numbers=(3, 20))
    made = await bench.extract(path, "frames", "1", numbers=(3, 20))

    assert made.images == intact.images
    assert [warned.code for warned in made.plan.warnings] == [WarningCode.CUT_OFF]
    with pytest.raises(VideoRefused, match="damaged"):
        await bench.extract(path, "frames", "1", numbers=(3, 89))
