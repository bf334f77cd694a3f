"""Thumbnails of real images."""

import subprocess
from collections.abc import AsyncIterator

import pytest
from fiapx_engine.child import ProcessLimits
from fiapx_engine.errors import DecoderFailed
from fiapx_engine.image_formats import JPEG, PNG, WEBP
from fiapx_engine.thumbnails import Thumbnail, thumbnail

LIMITS = ProcessLimits(wall_s=60, cpu_s=60, memory_bytes=2 << 30)
ENCODERS = {
    "8 bit PNG": (PNG, ["-c:v", "png", "-pix_fmt", "rgb24"]),
    "16 bit PNG": (PNG, ["-c:v", "png", "-pix_fmt", "rgb48be"]),
    "JPEG": (JPEG, ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
    "WebP": (WEBP, ["-c:v", "libwebp", "-pix_fmt", "yuv420p"]),
}
ORANGE = (255, 128, 0)


def ffmpeg(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(
        ["ffmpeg", "-v", "error", *arguments, "pipe:1"], input=data, capture_output=True, check=True, timeout=60
    ).stdout


def orange(*encoder: str) -> bytes:
    return ffmpeg(
        "-f", "lavfi", "-i", "color=0xFF8000:s=400x300,format=gbrp", "-frames:v", "1", *encoder, "-f", "image2pipe"
    )


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 1000):
        yield data[start : start + 1000]


@pytest.mark.parametrize("kind", ENCODERS)
async def test_a_thumbnail_is_a_jpeg_of_its_size_in_the_colours_of_the_image(kind: str) -> None:
    image_format, encoder = ENCODERS[kind]
    made = await thumbnail("ffmpeg", pieces(orange(*encoder)), Thumbnail(image_format, 160, 120), LIMITS)
    pixels = ffmpeg("-f", "jpeg_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24", data=made)
    assert made.startswith(b"\xff\xd8\xff")
    assert len(pixels) == 160 * 120 * 3
    assert pixels[:3] == pytest.approx(ORANGE, abs=6)


@pytest.mark.parametrize("data", [b"", b"GIF89a, says the file", orange("-c:v", "png")[:400]])
async def test_what_is_no_image_gives_no_thumbnail(data: bytes) -> None:
    with pytest.raises(DecoderFailed):
        await thumbnail("ffmpeg", pieces(data), Thumbnail(PNG, 160, 120), LIMITS)


async def test_an_image_that_cannot_be_read_to_its_end_is_told_by_its_reader() -> None:
    async def breaking(data: bytes) -> AsyncIterator[bytes]:
        yield data[:100]
        raise ConnectionError("the store is away")

    with pytest.raises(ConnectionError, match="the store is away"):
        await thumbnail("ffmpeg", breaking(orange("-c:v", "png")), Thumbnail(PNG, 160, 120), LIMITS)
