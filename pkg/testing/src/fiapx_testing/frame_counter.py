"""A frame's number drawn in its pixels: a row of black and white cells that survives encoding and scaling.

From the left: white, black (how bright is white here?), 16 bits with the highest first, a parity bit, white.
The row is an eighth of the frame's height, at the top; a cell is a twentieth of its width.
"""

import subprocess
from collections.abc import Sequence

from fiapx_testing.png_rows import SIGNATURE, luma_of_row

BITS = 16
CELLS = BITS + 4
ROW_SHARE = 8
"""The row's height is the frame's divided by this."""
_LEAST_CONTRAST = 64


class CounterUnreadable(AssertionError):
    """The picture does not carry a number where one should be."""


def cells(number: int) -> list[bool]:
    """The row for a number below 65,536; True is white."""
    if not 0 <= number < 1 << BITS:
        raise ValueError(f"{number} does not fit in {BITS} bits")
    bits = [bool(number >> bit & 1) for bit in reversed(range(BITS))]
    return [True, False, *bits, sum(bits) % 2 == 1, True]


def number_of(brightness: Sequence[int]) -> int:
    """The number in a row of cells, given each cell's brightness (0 to 255). Raises CounterUnreadable."""
    white, black = brightness[0], brightness[1]
    if white - black < _LEAST_CONTRAST:
        raise CounterUnreadable(f"no white and black cell at the left: {list(brightness)}")
    row = [value > (white + black) / 2 for value in brightness]
    number = sum(bit << place for place, bit in enumerate(reversed(row[2 : 2 + BITS])))
    if row != cells(number):
        raise CounterUnreadable(f"the parity or the last cell is wrong: {list(brightness)}")
    return number


def read_counter(image: bytes) -> int:
    """The number drawn in a picture: PNG (8 or 16 bits), or anything that ffmpeg reads. Raises CounterUnreadable."""
    luma = luma_of_row(image if image.startswith(SIGNATURE) else _as_png(image), share=1 / (2 * ROW_SHARE))
    width = len(luma)
    return number_of([luma[(2 * cell + 1) * width // (2 * CELLS)] for cell in range(CELLS)])


def _as_png(image: bytes) -> bytes:
    command = ["ffmpeg", "-v", "error", "-i", "pipe:", "-frames:v", "1", "-f", "image2pipe", "-c:v", "png", "pipe:"]
    return subprocess.run(command, input=image, capture_output=True, check=True, timeout=30).stdout
