"""Scores of a picture: integers up to the last division, so that the same pixels have the same scores everywhere."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fiapx_engine.encoders import Pixels, Plane
from fiapx_engine.scores import Scores

_HASH_ROWS: Final = 8
_HASH_COLUMNS: Final = 9
_RED, _GREEN, _BLUE, _HALF = (np.uint16(weight) for weight in (77, 150, 29, 128))
"""BT.601's shares of 256."""
_BLACK_BELOW: Final = 32
_BLACK_LUMA: Final = 16
_WHITE_LUMA: Final = 235
_SMALLEST_SIDE: Final = 3
_DIGITS: Final = 4
_BAND_ROWS: Final = 64


def scores(pixels: Pixels, *, full_range: bool = True) -> Scores:
    """Of what is about to be encoded; `full_range` tells how planes of Y, U and V have luma: over 0-255 or 16-235.

    Of RGB with 16 bits the upper eight count.
    """
    luma = _luma(pixels, full_range=full_range)
    return Scores(difference_hash(luma), _sharpness(luma), _black(luma))


def difference_hash(luma: Plane) -> int:
    """Of 9 x 8 averages, a bit for each two neighbours in a row, row by row: whether the right one is brighter.

    N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013 (dHash).
    """
    rows, columns = _starts(luma.shape[0], _HASH_ROWS), _starts(luma.shape[1], _HASH_COLUMNS)
    stops = np.maximum([*rows[1:], luma.shape[0]], rows + 1)
    heights = [luma[start:stop].sum(axis=0, dtype=np.int64) for start, stop in zip(rows, stops, strict=True)]
    sums = np.add.reduceat(np.stack(heights), columns, axis=1)
    widths = np.diff([*columns, luma.shape[1]]).clip(1)
    # sums by widths instead of averages, all of a row over the same height: nothing is rounded
    bits = sums[:, 1:] * widths[:-1] > sums[:, :-1] * widths[1:]
    return int.from_bytes(np.packbits(bits).tobytes())


def _luma(pixels: Pixels, *, full_range: bool) -> Plane:
    if len(pixels.planes) > 1:
        return pixels.planes[0] if full_range else _expanded(pixels.planes[0])
    (rows,) = pixels.planes
    sample = 2 if pixels.deep else 1
    luma: Plane = np.empty((rows.shape[0], rows.shape[1] // (3 * sample)), np.uint8)
    for band in _bands(0, len(rows)):
        red, green, blue = (rows[band, sample * place :: 3 * sample].astype(np.uint16) for place in range(3))
        luma[band] = (red * _RED + green * _GREEN + blue * _BLUE + _HALF) >> 8
    return luma


def _bands(first: int, stop: int) -> Iterator[slice]:
    """Rows a few at a time: what lies between is small, whatever the picture's size."""
    return (slice(at, min(at + _BAND_ROWS, stop)) for at in range(first, stop, _BAND_ROWS))


def _expanded(luma: Plane) -> Plane:
    span = _WHITE_LUMA - _BLACK_LUMA
    values = (np.arange(256).clip(_BLACK_LUMA, _WHITE_LUMA) - _BLACK_LUMA) * 255
    table = ((values + span // 2) // span).astype(np.uint8)
    expanded: Plane = table[luma]
    return expanded


def _starts(length: int, cells: int) -> NDArray[np.int64]:
    """Where each cell begins; of fewer pixels than cells some stand in several."""
    return np.arange(cells, dtype=np.int64) * length // cells


def _sharpness(luma: Plane) -> float:
    """The variance of the Laplacian, over the pixels that have four neighbours.

    J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative study", ICPR 2000.
    """
    if min(luma.shape) < _SMALLEST_SIDE:
        return 0.0
    count = total = squares = 0
    for band in _bands(1, len(luma) - 1):
        wide = luma[band.start - 1 : band.stop + 1].astype(np.int16)
        laplacian = wide[:-2, 1:-1] + wide[2:, 1:-1] + wide[1:-1, :-2] + wide[1:-1, 2:] - 4 * wide[1:-1, 1:-1]
        count += laplacian.size
        total += int(laplacian.sum(dtype=np.int64))
        squares += int(np.square(laplacian, dtype=np.int32).sum(dtype=np.int64))
    return float(round(Fraction(count * squares - total * total, count * count), _DIGITS))


def _black(luma: Plane) -> float:
    """The share of pixels below the threshold that ffmpeg's blackframe has unless told (vf_blackframe.c)."""
    dark = int(np.count_nonzero(luma < _BLACK_BELOW))
    return float(round(Fraction(dark, luma.size), _DIGITS))
