"""Packets as columns, the form in which the child tells them: some bytes a packet, however many there are."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

UNKNOWN: Final = -(2**63)
"""Where the container does not say (AV_NOPTS_VALUE)."""
KEYFRAME, DISCARDED, CORRUPT = 1, 2, 4
TYPES: Final = {"pts": "q", "dts": "q", "duration": "q", "position": "q", "flags": "B"}


@dataclass(slots=True)
class Columns:
    """One row a packet, in decode order: ticks, ticks, ticks, the position in the file or -1, flags."""

    pts: "array[int]" = field(default_factory=lambda: array("q"))
    dts: "array[int]" = field(default_factory=lambda: array("q"))
    duration: "array[int]" = field(default_factory=lambda: array("q"))
    position: "array[int]" = field(default_factory=lambda: array("q"))
    flags: "array[int]" = field(default_factory=lambda: array("B"))

    def __len__(self) -> int:
        return len(self.flags)

    def rows(self) -> Iterator[tuple[int, int, int, int, int]]:
        """Raises ValueError where a column is shorter than another."""
        return zip(self.pts, self.dts, self.duration, self.position, self.flags, strict=True)
