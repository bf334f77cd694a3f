"""Removes what nobody needs: parts of jobs that ended, results that expired or were replaced, deleted videos."""

from dataclasses import dataclass
from typing import Final

import structlog

from processing_service.services.ports import Archives, UnitsOfWork

log = structlog.get_logger(__name__)
_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Keeping:
    """How long things are kept, in seconds."""

    grace_s: float
    """After a job's end: by then its last worker has noticed."""
    replaced_s: float
    """A result after a later attempt's end, for old links and the same wish once more."""
    result_s: float
    """A result after it came."""


class Sweeping:
    """One pass at a time. Everything it does may be done twice, so several processes may sweep at once."""

    def __init__(self, units: UnitsOfWork, archives: Archives, keeping: Keeping) -> None:
        self._units = units
        self._archives = archives
        self._keeping = keeping

    async def sweep(self) -> None:
        """Raises Unavailable; what is left then is found by the next pass."""
        await self._expire_results()
        await self._sweep_ended_jobs()
        await self._sweep_replaced_results()
        await self._sweep_deleted_videos()

    async def _expire_results(self) -> None:
        """First nobody reads them any more, then, found as unswept, they go: a crash in between loses nothing."""
        async with self._units.begin() as work:
            expired = await work.leftovers.expire(self._keeping.result_s, _AT_ONCE)
            await work.commit()
        for key in expired:
            log.info("result.expired", video_id=key.video_id, attempt=key.attempt)

    async def _sweep_ended_jobs(self) -> None:
        async with self._units.begin() as work:
            ended = await work.leftovers.ended_unswept(self._keeping.grace_s, _AT_ONCE)
        for job in ended:
            await self._archives.remove_parts(job.key)
            if job.keeps_result:
                await self._archives.remove_other_results(job.result_key)
            else:
                await self._archives.remove_results(job.key)
            async with self._units.begin() as work:
                await work.leftovers.swept(job)
                await work.commit()

    async def _sweep_replaced_results(self) -> None:
        async with self._units.begin() as work:
            replaced = await work.leftovers.replaced(self._keeping.replaced_s, _AT_ONCE)
        for key in replaced:
            await self._archives.remove_results(key)
            async with self._units.begin() as work:
                await work.leftovers.forget(key)
                await work.commit()

    async def _sweep_deleted_videos(self) -> None:
        async with self._units.begin() as work:
            deleted = await work.videos.deleted_unswept(self._keeping.grace_s, _AT_ONCE)
        for video_id in deleted:
            await self._archives.remove_video(video_id)
            async with self._units.begin() as work:
                await work.videos.swept(video_id)
                await work.commit()
            log.info("video.swept", video_id=video_id)
