"""Pixels to image files: PNG by the Up filter and ISA-L's deflate, JPEG by libjpeg-turbo from the planes."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray
from simplejpeg import encode_jpeg_yuv_planes

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER: Final = struct.Struct(">IIBBBBB")
_UP: Final = 2
_RGB: Final = 2
_LEVEL: Final = 1

Plane = NDArray[np.uint8]
"""Rows of bytes, without padding."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture in its planes: one of packed RGB (big-endian where `deep`), or Y, U and V."""

    width: int
    height: int
    deep: bool
    planes: tuple[Plane, ...]


def png(pixels: Pixels) -> bytes:
    """Colour type 2 with 8 or 16 bits (PNG specification, sections 5 to 10); every row is filtered by Up.

    Up costs a subtraction of neighbouring rows, and is as good as any single filter for film.
    """
    (rows,) = pixels.planes
    filtered = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    data = isal_zlib.compress(filtered, _LEVEL)
    header = _HEADER.pack(pixels.width, pixels.height, 16 if pixels.deep else 8, _RGB, 0, 0, 0)
    return b"".join((PNG_SIGNATURE, *_chunk(b"IHDR", header), *_chunk(b"IDAT", data), *_chunk(b"IEND", b"")))


def jpeg(pixels: Pixels, quality: int) -> bytes:
    """Baseline JPEG of 4:2:0 planes over the full range, `quality` 1 to 100 as libjpeg has it."""
    luma, blue, red = (np.ascontiguousarray(plane) for plane in pixels.planes)
    data: bytes = encode_jpeg_yuv_planes(luma, blue, red, quality=quality)
    return data


def _chunk(kind: bytes, data: bytes) -> tuple[bytes, ...]:
    crc = isal_zlib.crc32(data, isal_zlib.crc32(kind))
    return struct.pack(">I", len(data)), kind, data, struct.pack(">I", crc)
