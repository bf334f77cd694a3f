"""Size, crop and rotation: the pixels are those of the plain command line."""

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.local_archive import extract_to_zip
from fiapx_engine.opening import EngineChoice, opened_engine
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.source_bytes import LocalFile
from fiapx_models.options import Options
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


@pytest.mark.parametrize(("name", "size"), [("anamorphic_90.mp4", (180, 427)), ("anamorphic_180.mp4", (427, 180))])
async def test_oblong_pixels_are_made_square_and_the_picture_is_turned(
    name: str, size: tuple[int, int], make_clip: MakeClip, bench: Any
) -> None:
    path = make_clip(name)
    made = await extracted(bench, path)

    assert {(picture.width, picture.height) for picture in made.frames} == {size}
    scale = f"scale={size[0]}:{size[1]}:flags=bicubic"
    assert [decoded(image) for image in made.images] == [plain(path, frame, scale) for frame in FRAMES]


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


@pytest.mark.parametrize("name", ["interlaced.mp4", "interlaced.ts"])
async def test_two_fields_become_one_frame_as_the_command_line_makes_it(
    name: str, make_clip: MakeClip, bench: Any, chopping_bench: Any
) -> None:
    path, numbers = make_clip(name), (0, 5, 7, 15, 30, 44)
    made = await bench.extract(path, "frames", "1", numbers=numbers)
    pieces = await chopping_bench.extract(path, "frames", "1", numbers=numbers)

    size = 320 * 180 * 3
    whole = pixels("-i", str(path), "-vf", "bwdif=send_frame:auto:interlaced", "-fps_mode", "passthrough")
    assert made.plan.picture.deinterlace
    assert [decoded(image) for image in made.images] == [whole[at * size :][:size] for at in numbers]
    assert pieces.images == made.images
    assert len(pieces.plan.segments) > 1
    assert decoded(made.images[1]) != plain(path, numbers[1])


async def test_fields_are_left_where_that_is_wanted(make_clip: MakeClip, bench: Any) -> None:
    path = make_clip("interlaced.mp4")
    made = await bench.extract(path, "frames", "1", numbers=(7,), deinterlace=False)

    assert not made.plan.picture.deinterlace
    assert [decoded(image) for image in made.images] == [plain(path, 7)]


HDR = {"hdr10.mp4": "smpte2084", "hlg.mp4": "arib-std-b67"}


@pytest.mark.parametrize(
    ("name", "image_format"),
    [*((name, "jpeg") for name in HDR), ("hdr10.mp4", "webp"), ("hdr10_8_bit.mp4", "png")],
)
async def test_hdr_becomes_sdr_in_images_of_eight_bits(
    name: str, image_format: str, make_clip: MakeClip, bench: Any
) -> None:
    path = make_clip(name)
    transfer = HDR.get(name, "smpte2084")
    quality = None if image_format == "png" else 95
    mapped = await extracted(bench, path, format=image_format, quality=quality)
    left = await extracted(bench, path, format=image_format, quality=quality, tone_map="off")

    assert mapped.source.media.hdr
    assert mapped.plan.picture.tone_map == transfer
    assert [read_counter(image) for image in mapped.images] == list(FRAMES)
    bright, flat = (pixels("-f", f"{image_format}_pipe", "-i", "-", given=made.images[1]) for made in (mapped, left))
    steps = [
        f"zscale=tin={transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=100,format=gbrpf32le,zscale=p=bt709",
        "tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=limited",
    ]
    expected = plain(path, FRAMES[1], *steps)
    # WebP's quality of 95 loses more than JPEG's
    assert distance(bright, expected) < (4 if image_format == "webp" else 2) < distance(flat, expected)


@pytest.mark.parametrize(
    ("name", "options", "done"),
    [
        ("interlaced.mp4", {}, (True, False)),
        ("interlaced.mp4", {"deinterlace": "off"}, (False, False)),
        ("hdr10.mp4", {"format": "jpeg"}, (False, True)),
        ("hdr10.mp4", {"format": "jpeg", "tone_map": "off"}, (False, False)),
        ("hdr10.mp4", {}, (False, False)),
    ],
)
async def test_the_manifest_in_the_archive_says_what_was_done_to_the_pictures(
    name: str,
    options: dict[str, Any],
    done: tuple[bool, bool],
    *,
    make_clip: MakeClip,
    engine_choice: EngineChoice,
    fork_server: ForkServer,
    tmp_path: Path,
) -> None:
    wanted = Options.model_validate({"sampling": {"rule": "frames", "frames": [3]}, **options})
    engine = await opened_engine(engine_choice, FfmpegSettings(), LibavSettings(), fork_server)
    await extract_to_zip(engine, make_clip(name), wanted, tmp_path / "a.zip", lambda _made, _planned: None)

    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        picture = json.loads(archive.read("manifest.json"))["picture"]
    assert (picture["deinterlaced"], picture["tone_mapped"]) == done


@pytest.mark.parametrize("name", HDR)
async def test_hdr_stays_in_a_png_of_sixteen_bits(name: str, make_clip: MakeClip, bench: Any) -> None:
    made = await extracted(bench, make_clip(name))

    assert (made.plan.picture.deep, made.plan.picture.tone_map) == (True, "")


async def test_where_ffmpeg_cannot_tone_map_that_is_told(fork_server: ForkServer, make_clip: MakeClip) -> None:
    lacking = FfmpegEngine(FfmpegSettings(), fork_server, tone_maps=False)
    source = await lacking.probe(LocalFile(make_clip("hdr10.mp4")))

    plan = await lacking.plan(source, ExtractionRequest("fps", format="jpeg"))

    assert [warned.code for warned in plan.warnings] == [WarningCode.NOT_TONE_MAPPED]
    assert not plan.picture.tone_map


def distance(one: bytes, other: bytes) -> float:
    """The mean difference of two pictures' samples, from 0 to 255."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
