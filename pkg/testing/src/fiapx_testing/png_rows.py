"""Reads one row of pixels out of a PNG (W3C PNG 3, sections 5, 9 and 11), no further than needed."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}  # grey, RGB, grey + alpha, RGB + alpha


class PngNotSupported(ValueError):
    """Palettes, interlacing and depths other than 8 and 16 bits are not read."""


def luma_of_row(png: bytes, *, share: float) -> list[int]:
    """The brightness (0 to 255) of each pixel in the row at that share of the height."""
    width, height, depth, colour, interlaced = _header(png)
    if depth not in (8, 16) or colour not in _CHANNELS or interlaced:
        raise PngNotSupported(f"depth {depth}, colour type {colour}, interlaced {interlaced}")
    step = _CHANNELS[colour] * depth // 8
    data = zlib.decompressobj().decompress(b"".join(_data(png)), (int(height * share) + 1) * (1 + width * step))
    row = _unfiltered(data, int(height * share), width * step, step)
    samples = row[:: depth // 8]  # of 16 bits, the upper eight
    if _CHANNELS[colour] < 3:
        return list(samples[:: _CHANNELS[colour]])
    red, green, blue = (samples[channel :: _CHANNELS[colour]] for channel in range(3))
    return [(299 * r + 587 * g + 114 * b) // 1000 for r, g, b in zip(red, green, blue, strict=True)]


def _header(png: bytes) -> tuple[int, int, int, int, int]:
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", png, len(SIGNATURE) + 8)
    return width, height, depth, colour, interlaced


def _data(png: bytes) -> Iterator[bytes]:
    position = len(SIGNATURE)
    while position < len(png):
        size, kind = struct.unpack_from(">I4s", png, position)
        if kind == b"IDAT":
            yield png[position + 8 : position + 8 + size]
        position += size + 12


def _unfiltered(data: bytes, row: int, size: int, step: int) -> bytes:
    above = bytearray(size)
    for start in range(0, (row + 1) * (size + 1), size + 1):
        line = bytearray(data[start + 1 : start + 1 + size])
        _FILTERS[data[start]](line, above, step)
        above = line
    return bytes(above)


def _none(line: bytearray, above: bytearray, step: int) -> None:
    """Nothing was subtracted."""


def _sub(line: bytearray, above: bytearray, step: int) -> None:  # noqa: ARG001 (all filters have one shape)
    for i in range(step, len(line)):
        line[i] = (line[i] + line[i - step]) & 255


def _up(line: bytearray, above: bytearray, step: int) -> None:  # noqa: ARG001
    for i, upper in enumerate(above):
        line[i] = (line[i] + upper) & 255


def _average(line: bytearray, above: bytearray, step: int) -> None:
    for i, upper in enumerate(above):
        left = line[i - step] if i >= step else 0
        line[i] = (line[i] + (left + upper) // 2) & 255


def _paeth(line: bytearray, above: bytearray, step: int) -> None:
    for i, upper in enumerate(above):
        left, corner = (line[i - step], above[i - step]) if i >= step else (0, 0)
        guess = left + upper - corner
        distances = (abs(guess - left), abs(guess - upper), abs(guess - corner))
        line[i] = (line[i] + (left, upper, corner)[distances.index(min(distances))]) & 255


_FILTERS = (_none, _sub, _up, _average, _paeth)
