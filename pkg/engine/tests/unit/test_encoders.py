import subprocess
import zlib

import numpy as np
import pytest
from fiapx_engine.encoders import PNG_SIGNATURE, Pixels, jpeg, png


def rgb(width: int, height: int, *, deep: bool = False) -> Pixels:
    """Noise over a gradient, so that every filter has something to do."""
    row_bytes = width * 3 * (2 if deep else 1)
    noise = np.random.default_rng(1).integers(0, 9, (height, row_bytes), np.uint8)
    gradient = np.arange(height, dtype=np.uint8)[:, None]
    return Pixels(width, height, deep, (noise + gradient,))


def decoded(image: bytes, pixel_format: str) -> bytes:
    command = ["ffmpeg", "-v", "error", "-f", "image2pipe", "-i", "-", "-f", "rawvideo", "-pix_fmt", pixel_format, "-"]
    return subprocess.run(command, input=image, check=True, capture_output=True, timeout=60).stdout


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (321, 181), (640, 360)])
@pytest.mark.parametrize("deep", [False, True])
def test_a_png_reads_back_to_the_same_pixels(size: tuple[int, int], deep: bool) -> None:
    pixels = rgb(*size, deep=deep)
    assert decoded(png(pixels), "rgb48be" if deep else "rgb24") == pixels.planes[0].tobytes()


def test_a_png_is_made_of_whole_chunks() -> None:
    data = png(rgb(33, 17))
    assert data.startswith(PNG_SIGNATURE)
    at, kinds = len(PNG_SIGNATURE), []
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        content = data[at + 8 : at + 8 + length]
        assert int.from_bytes(data[at + 8 + length : at + 12 + length]) == zlib.crc32(kind + content)
        kinds.append(kind)
        at += 12 + length
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]


def test_padded_rows_are_encoded_without_their_padding() -> None:
    whole = rgb(40, 20)
    padded = Pixels(30, 20, deep=False, planes=(whole.planes[0][:, : 30 * 3],))
    assert decoded(png(padded), "rgb24") == padded.planes[0].tobytes()


@pytest.mark.parametrize("size", [(64, 48), (63, 47)])
def test_a_jpeg_of_high_quality_is_near_its_planes(size: tuple[int, int]) -> None:
    width, height = size
    half = (-(-height // 2), -(-width // 2))
    luma = (np.add.outer(np.arange(height), np.arange(width)) % 200).astype(np.uint8)
    chroma = np.full(half, 128, np.uint8)
    read = np.frombuffer(decoded(jpeg(Pixels(width, height, False, (luma, chroma, chroma)), 100), "gray"), np.uint8)
    assert np.abs(read.reshape(height, width).astype(int) - luma).mean() < 4


def test_a_lower_quality_makes_a_smaller_jpeg() -> None:
    luma = np.random.default_rng(2).integers(0, 255, (64, 64)).astype(np.uint8)
    chroma = np.full((32, 32), 128, np.uint8)
    pixels = Pixels(64, 64, False, (luma, chroma, chroma))
    assert len(jpeg(pixels, 30)) < len(jpeg(pixels, 90))
