"""Where images lie: in the archive, and before it stands in the parts of finished segments."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from fiapx_common.errors import NotFound, Unavailable
from fiapx_engine.frame_rows import FrameRow
from fiapx_engine.zip_parts import data_offset

from processing_service.entities.errors import FrameNotFound, FrameNotReady
from processing_service.entities.index_ranges import LARGEST_INDEX, IndexRanges
from processing_service.entities.job import Job, JobKey
from processing_service.services.frame_ports import FrameInPart
from processing_service.services.ports import Archives, UnitsOfWork
from processing_service.services.results import job_with_frames


@dataclass(frozen=True)
class StoredImage:
    """An image, and the part in which it lies while there is no archive."""

    job: Job
    row: FrameRow
    part_key: str | None

    @property
    def is_early(self) -> bool:
        return self.part_key is not None


class StoredImages:
    """One ranged read for one image, wherever it lies."""

    def __init__(self, units: UnitsOfWork, archives: Archives) -> None:
        self._units = units
        self._archives = archives

    async def find(self, key: JobKey, index: int) -> StoredImage:
        """Raises ResultNotFound; FrameNotReady: planned, and not made yet; FrameNotFound: none is to come."""
        is_index = 1 <= index <= LARGEST_INDEX
        async with self._units.begin() as work:
            # in this order: a segment's end brings its rows, and with the job's places begin to count in the archive
            is_done = await work.segments.is_done(key, index) if is_index else None
            in_part = await work.frames.in_part(key, index) if is_index else None
            job = await job_with_frames(work, key)
            if job.has_early_frames:
                return _early(job, index, in_part, is_done=is_done)
            rows = await work.frames.placed(key, IndexRanges.of([(index, index)]), 0, 1)
        if not rows:
            raise FrameNotFound(key, index)
        return StoredImage(job, rows[0], None)

    async def read(self, image: StoredImage) -> AsyncGenerator[bytes, None]:
        """Its bytes in chunks. Where its part goes meanwhile, since the archive stands, the rest comes from there."""
        sent = 0
        try:
            async with aclosing(self._bytes(image, 0)) as chunks:
                async for chunk in chunks:
                    yield chunk
                    sent += len(chunk)
        except (NotFound, Unavailable):
            moved = await self.find(image.job.key, image.row.index) if image.is_early else image
            if moved.is_early == image.is_early:
                raise
        else:
            return
        async with aclosing(self._bytes(moved, sent)) as chunks:
            async for chunk in chunks:
                yield chunk

    def _bytes(self, image: StoredImage, skip: int) -> AsyncGenerator[bytes, None]:
        start, length = data_offset(image.row) + skip, image.row.size_bytes - skip
        if image.part_key is None:
            return self._archives.read(image.job.result_key, start, length)
        return self._archives.read_part(image.part_key, start, length)


def _early(job: Job, index: int, found: FrameInPart | None, *, is_done: bool | None) -> StoredImage:
    if found is not None:
        return StoredImage(job, found.row, found.part_key)
    if is_done is False:
        raise FrameNotReady(job.key, index)
    # beyond the plan, or lost to damage
    raise FrameNotFound(job.key, index)
