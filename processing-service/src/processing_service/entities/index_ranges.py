"""Which frames of a result somebody means: ranges of indexes, brought into order."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from fiapx_common.errors import FieldError, Invalid

LARGEST_INDEX: Final = 2**31 - 1
RANGES_AT_MOST: Final = 1000


@dataclass(frozen=True)
class IndexRanges:
    """(first, last) with both ends, rising, and neither overlapping nor touching."""

    bounds: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, asked: Iterable[tuple[int, int]]) -> Self:
        """In any order, also overlapping. Raises Invalid."""
        ordered = sorted(asked)
        if not 1 <= len(ordered) <= RANGES_AT_MOST:
            raise _invalid(f"must be 1 to {RANGES_AT_MOST} ranges")
        if any(first > last for first, last in ordered):
            raise _invalid("must not end before they begin")
        bounds: list[tuple[int, int]] = []
        for first, last in ordered:
            if bounds and first <= bounds[-1][1] + 1:
                bounds[-1] = (bounds[-1][0], max(bounds[-1][1], last))
            else:
                bounds.append((first, last))
        possible = ((max(first, 1), min(last, LARGEST_INDEX)) for first, last in bounds)
        return cls(tuple((first, last) for first, last in possible if first <= last))

    @classmethod
    def everything(cls) -> Self:
        return cls(((1, LARGEST_INDEX),))


def _invalid(message: str) -> Invalid:
    return Invalid("invalid_request", "The request is not valid.", [FieldError("ranges", message)])
