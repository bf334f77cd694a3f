"""Questions about frames that are made. The caller has shown that the video is the user's."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from fiapx_engine.frame_rows import FrameRow

from processing_service.entities.job import JobKey
from processing_service.services.ports import Archives, UnitsOfWork
from processing_service.services.results import job_with_frames, job_with_result

PAGE_AT_MOST: Final = 200
_PAGE: Final = 50


@dataclass(frozen=True)
class FramesPage:
    """Some frames, and whether more follow."""

    rows: tuple[FrameRow, ...]
    time_base: str
    more: bool


class Browsing:
    """Answers from rows and from the stored manifest."""

    def __init__(self, units: UnitsOfWork, archives: Archives) -> None:
        self._units = units
        self._archives = archives

    async def frames(self, key: JobKey, after_index: int, limit: int) -> FramesPage:
        """At most PAGE_AT_MOST frames above index `after_index`; `limit` 0: not told. Raises ResultNotFound.

        While the job is being worked on, those of its finished segments.
        """
        count = min(limit, PAGE_AT_MOST) if limit > 0 else _PAGE
        async with self._units.begin() as work:
            job = await job_with_frames(work, key)
            rows = await work.frames.page(key, after_index, count + 1)
        return FramesPage(tuple(rows[:count]), job.time_base, more=len(rows) > count)

    async def manifest(self, key: JobKey) -> AsyncGenerator[bytes, None]:
        """The manifest's JSON in chunks. Raises ResultNotFound before the first."""
        async with self._units.begin() as work:
            job = await job_with_result(work, key)
        async with aclosing(self._archives.read_manifest(job.result_key)) as chunks:
            async for chunk in chunks:
                yield chunk
