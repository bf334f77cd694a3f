"""Size, crop and rotation: the pixels are those of the plain command line."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.frame_counter import read_counter

MakeClip = Callable[[str], Path]
FRAMES = (0, 44, 89)


def pixels(*words: str, given: bytes | None = None) -> bytes:
    command = ["ffmpeg", "-v", "error", "-y", *words, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    return subprocess.run(command, input=given, capture_output=True, check=True, timeout=60).stdout


def decoded(image: bytes) -> bytes:
    return pixels("-f", "png_pipe", "-i", "-", given=image)


def plain(path: Path, frame: int, *filters: str, before: str = "") -> bytes:
    """What the command line makes of one frame."""
    chain = ",".join([rf"select=eq(n\,{frame})", *filters])
    return pixels(*before.split(), "-i", str(path), "-vf", chain, "-frames:v", "1")


def size_of(image: bytes) -> tuple[int, int]:
    words = ["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", "-i", "-"]
    told = subprocess.run(words, input=image, capture_output=True, check=True, timeout=60).stdout
    width, height = told.decode().split(",")
    return int(width), int(height)


async def extracted(bench: Any, path: Path, **request: Any) -> Any:
    return await bench.extract(path, "frames", "1", numbers=FRAMES, **request)


@pytest.mark.parametrize("name", ["h264.mp4", "rotated.mp4", "vp9.webm", "full_range.mp4"])
async def test_a_smaller_picture_is_scaled_once(name: str, make_clip: MakeClip, bench: Any) -> None:
    path = make_clip(name)
    made = await extracted(bench, path, width=100, height=99)

    size = f"{made.frames[0].width}:{made.frames[0].height}"
    assert size == ("56:99" if name == "rotated.mp4" else "100:56")
    scaled = [plain(path, frame, f"scale={size}:flags=bicubic") for frame in FRAMES]
    assert [decoded(image) for image in made.images] == scaled


@pytest.mark.parametrize("name", ["h264.mp4", "rotated.mp4", "mirrored_90.mp4", "anamorphic.mp4"])
async def test_a_crop_has_the_pixels_that_the_whole_picture_has_there(
    name: str, make_clip: MakeClip, bench: Any
) -> None:
    path = make_clip(name)
    whole = await bench.extract(path, "frames", "1", numbers=(5,))
    cut = await bench.extract(path, "frames", "1", numbers=(5,), crop=(3, 7, 99, 51))

    (picture,) = whole.frames
    rows, width = decoded(picture.data), picture.width * 3
    expected = b"".join(rows[row * width + 9 :][: 99 * 3] for row in range(7, 7 + 51))
    assert decoded(cut.images[0]) == expected


async def test_a_crop_is_cut_first_and_fitted_then(make_clip: MakeClip, bench: Any) -> None:
    path = make_clip("h264.mp4")
    made = await extracted(bench, path, crop=(0, 0, 320, 90), width=160)

    assert (made.frames[0].width, made.frames[0].height) == (160, 45)
    steps = ("scale=320:180:flags=bicubic,format=rgb24", "crop=320:90:0:0", "scale=160:45:flags=bicubic")
    assert [decoded(image) for image in made.images] == [plain(path, frame, *steps) for frame in FRAMES]


@pytest.mark.parametrize("name", ["rotated.mp4", "mirrored_180.mp4", "anamorphic.mp4"])
async def test_without_rotation_frames_are_as_they_are_stored(name: str, make_clip: MakeClip, bench: Any) -> None:
    path = make_clip(name)
    made = await bench.extract(path, "frames", "1", numbers=(3,), rotate=False)

    assert (made.frames[0].width, made.frames[0].height) == (320, 180)
    assert [decoded(image) for image in made.images] == [plain(path, 3, before="-noautorotate")]


@pytest.mark.parametrize("image_format", ["jpeg", "webp"])
@pytest.mark.parametrize("request_", [{"width": 201}, {"crop": (0, 0, 319, 161)}])
async def test_odd_sizes_need_no_rounding(
    image_format: str, request_: dict[str, Any], make_clip: MakeClip, bench: Any
) -> None:
    made = await extracted(bench, make_clip("h264.mp4"), format=image_format, quality=90, **request_)

    size = (made.frames[0].width, made.frames[0].height)
    assert size == ((201, 113) if "width" in request_ else (319, 161))
    assert [read_counter(image) for image in made.images] == list(FRAMES)
    assert {size_of(image) for image in made.images} == {size}
