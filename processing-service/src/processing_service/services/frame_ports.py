"""What the services need from the rows of frames; in the transaction of a unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fiapx_engine.frame_rows import FrameRow

from processing_service.entities.index_ranges import IndexRanges
from processing_service.entities.job import JobKey


@dataclass(frozen=True)
class FrameInPart:
    """A frame of a finished segment; the row's `offset` counts from the beginning of the part object."""

    part_key: str
    row: FrameRow


class Frames(Protocol):
    """The frames of finished segments."""

    async def page(self, job: JobKey, after_index: int, limit: int) -> list[FrameRow]:
        """In the order of their index."""
        ...

    async def count(self, job: JobKey) -> int:
        """How many there are."""
        ...

    async def at(self, job: JobKey, positions: Sequence[int]) -> list[FrameRow]:
        """The first is at position 1, whatever its index; `offset` counts from the archive's beginning here."""
        ...

    async def in_part(self, job: JobKey, index: int) -> FrameInPart | None:
        """One of them in its segment's part."""
        ...

    async def placed(self, job: JobKey, ranges: IndexRanges, after_index: int, limit: int) -> list[FrameRow]:
        """Those with an index in `ranges`, in its order; `offset` counts from the archive's beginning here."""
        ...
