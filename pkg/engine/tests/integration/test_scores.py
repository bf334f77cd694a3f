"""Scores on real clips: those of the pixels, whichever engine made the image."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fiapx_engine.encoders import Pixels
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.scores import Scores
from fiapx_engine.scoring import scores
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]


def of_image(frame: EncodedFrame, *, deep: bool) -> Scores:
    """Of a PNG, read by ffmpeg."""
    words = ["ffmpeg", "-v", "error", "-f", "png_pipe", "-i", "-", "-f", "rawvideo", "-pix_fmt"]
    done = subprocess.run(
        [*words, "rgb48be" if deep else "rgb24", "-"], input=frame.data, capture_output=True, check=True, timeout=60
    )
    rows = np.frombuffer(done.stdout, np.uint8).reshape(frame.height, -1)
    return scores(Pixels(frame.width, frame.height, deep, (rows,)))


@pytest.mark.parametrize("name", ["h264.mp4", "ten_bit.mp4", "rotated.mp4", "odd_size.mp4", "mirrored_rgb.mov"])
async def test_scores_are_those_of_the_images_pixels(name: str, make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip(name), "fps", "3", scored=True)

    deep = made.plan.picture.deep
    assert made.frames
    assert [frame.scores for frame in made.frames] == [of_image(frame, deep=deep) for frame in made.frames]


@pytest.mark.parametrize("name", ["h264.mp4", "odd_size.mp4"])
@pytest.mark.parametrize("image_format", ["png", "jpeg", "webp"])
async def test_both_engines_find_the_same_scores_in_every_format(
    name: str, image_format: str, make_clip: MakeClip, both_benches: tuple[Any, Any]
) -> None:
    both = [await one.extract(make_clip(name), "fps", "3", format=image_format, scored=True) for one in both_benches]

    assert [made.helped for made in both] == [True, False]
    assert [frame.scores for frame in both[0].frames] == [frame.scores for frame in both[1].frames]


@pytest.mark.parametrize("image_format", ["png", "jpeg", "webp"])
async def test_scored_images_show_the_same_frames(image_format: str, make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("h264.mp4"), "fps", "5", format=image_format, scored=True)

    assert [read_counter(image) for image in made.images] == list(range(0, 90, 6))


async def test_nobody_scores_what_was_not_asked_for(make_clip: MakeClip, bench: Any) -> None:
    made = await bench.extract(make_clip("h264.mp4"), "fps", "1")

    assert {frame.scores for frame in made.frames} == {None}


async def test_what_decodes_of_a_damaged_clip_is_scored(clips: Clips, tmp_path: Path, bench: Any) -> None:
    data = bytearray(clips.counter(frames=90, fps=30, gop=15).path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)

    made = await bench.extract(damaged, "every", "1", keep_damaged=True, scored=True)

    assert any(frame.damaged for frame in made.frames)
    assert made.helped
    whole = [frame for frame in made.frames if frame.entries]
    assert [frame.scores for frame in whole] == [of_image(frame, deep=False) for frame in whole]
