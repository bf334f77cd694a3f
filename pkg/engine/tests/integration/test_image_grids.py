"""Grids of real images."""

import subprocess
from collections.abc import AsyncIterator

import pytest
from fiapx_engine.child import ProcessLimits
from fiapx_engine.errors import DecoderFailed
from fiapx_engine.image_formats import JPEG, PNG, WEBP
from fiapx_engine.image_grids import ImageGrid, image_grid

LIMITS = ProcessLimits(wall_s=60, cpu_s=60, memory_bytes=2 << 30)
ENCODERS = {
    "8 bit PNG": (PNG, ["-c:v", "png", "-pix_fmt", "rgb24"]),
    "16 bit PNG": (PNG, ["-c:v", "png", "-pix_fmt", "rgb48be"]),
    "JPEG": (JPEG, ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]),
    "WebP": (WEBP, ["-c:v", "libwebp", "-pix_fmt", "yuv420p"]),
}
RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0)
WIDTH, HEIGHT, GAP = 32, 18, 2


def ffmpeg(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(
        ["ffmpeg", "-v", "error", *arguments, "pipe:1"], input=data, capture_output=True, check=True, timeout=60
    ).stdout


def image(colour: tuple[int, int, int], *encoder: str, size: str = "320x180") -> bytes:
    shown = f"color=0x{bytes(colour).hex()}:s={size},format=gbrp"
    return ffmpeg("-f", "lavfi", "-i", shown, "-frames:v", "1", *encoder, "-f", "image2pipe")


async def one_after_another(*images: bytes) -> AsyncIterator[bytes]:
    for data in images:
        for start in range(0, len(data), 1000):
            yield data[start : start + 1000]


def middles(jpeg: bytes, columns: int, rows: int) -> list[tuple[int, ...]]:
    """The colour in the middle of each cell, row by row; asserts the size of the whole."""
    pixels = ffmpeg("-f", "jpeg_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24", data=jpeg)
    width, height = (WIDTH + GAP) * columns + GAP, (HEIGHT + GAP) * rows + GAP
    assert len(pixels) == width * height * 3
    places = [
        ((row * (HEIGHT + GAP) + GAP + HEIGHT // 2) * width + column * (WIDTH + GAP) + GAP + WIDTH // 2) * 3
        for row in range(rows)
        for column in range(columns)
    ]
    return [tuple(pixels[place : place + 3]) for place in places]


def like(*colours: tuple[int, int, int]) -> list[object]:
    return [pytest.approx(colour, abs=12) for colour in colours]


@pytest.mark.parametrize("kind", ENCODERS)
async def test_images_stand_in_rows_and_cells_without_one_stay_black(kind: str) -> None:
    image_format, encoder = ENCODERS[kind]
    images = one_after_another(*(image(colour, *encoder) for colour in (RED, GREEN, BLUE)))
    made = await image_grid("ffmpeg", images, ImageGrid(image_format, 2, 2, WIDTH, HEIGHT, GAP), LIMITS)
    assert middles(made, 2, 2) == like(RED, GREEN, BLUE, BLACK)


async def test_an_image_of_another_size_stands_in_the_middle_of_its_own_cell_and_moves_no_other() -> None:
    tall = image(GREEN, "-c:v", "png", size="200x320")
    wide = [image(colour, "-c:v", "png") for colour in (RED, BLUE, RED)]
    images = one_after_another(wide[0], tall, wide[1], tall, wide[2])
    made = await image_grid("ffmpeg", images, ImageGrid(PNG, 3, 2, WIDTH, HEIGHT, GAP), LIMITS)
    assert middles(made, 3, 2) == like(RED, GREEN, BLUE, GREEN, RED, BLACK)


@pytest.mark.parametrize("broken", [b"", b"GIF89a, says the file", image(RED, "-c:v", "png")[:100]])
async def test_a_broken_image_among_good_ones_gives_no_grid_rather_than_a_shifted_one(broken: bytes) -> None:
    good = image(GREEN, "-c:v", "png")
    images = one_after_another(*([good, broken, good, good] if broken else [broken]))
    with pytest.raises(DecoderFailed):
        await image_grid("ffmpeg", images, ImageGrid(PNG, 2, 2, WIDTH, HEIGHT, GAP), LIMITS)


async def test_images_that_cannot_be_read_to_their_end_are_told_by_their_reader() -> None:
    async def breaking(data: bytes) -> AsyncIterator[bytes]:
        yield data
        raise ConnectionError("the store is away")

    with pytest.raises(ConnectionError, match="the store is away"):
        await image_grid(
            "ffmpeg", breaking(image(RED, "-c:v", "png")), ImageGrid(PNG, 1, 1, WIDTH, HEIGHT, GAP), LIMITS
        )
