"""What a frame is called in the archive: a template's fields, and times that sort as text."""

import re
from dataclasses import dataclass
from fractions import Fraction

INDEX_DIGITS = 6
_FIELD = re.compile(r"\{(index|time|pts)(?::([1-9]))?\}")


@dataclass(frozen=True, slots=True)
class NameTemplate:
    """`frame_{index}_{time}` with the number of digits that this many frames need, so that names sort in time order.

    `{index:4}` pads to at least 4 digits instead of 6.
    """

    text: str
    frame_count: int
    suffix: str = ".png"

    def name(self, index: int, time_s: Fraction, pts: int) -> str:
        def fill(field: re.Match[str]) -> str:
            if field[1] == "index":
                return str(index).zfill(self._digits(field[2]))
            return clock(time_s) if field[1] == "time" else str(pts)

        return _FIELD.sub(fill, self.text) + self.suffix

    def _digits(self, asked: str | None) -> int:
        return max(int(asked) if asked else INDEX_DIGITS, len(str(self.frame_count)))


def clock(time_s: Fraction) -> str:
    """`hh-mm-ss.mmm`, rounded to the nearest millisecond, halves up."""
    milliseconds = (time_s * 2000 + 1) // 2
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}-{minutes:02}-{seconds:02}.{milliseconds:03}"
