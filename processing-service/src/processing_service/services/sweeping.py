"""Removes what nobody needs: parts of jobs that ended, results of replaced ones, everything of deleted videos."""

from typing import Final

import structlog

from processing_service.entities.job import JobState
from processing_service.services.ports import Archives, UnitsOfWork

log = structlog.get_logger(__name__)
_AT_ONCE: Final = 50


class Sweeping:
    """One pass at a time. Everything it does may be done twice, so several processes may sweep at once."""

    def __init__(self, units: UnitsOfWork, archives: Archives, grace_s: float, keep_replaced_s: float) -> None:
        """`grace_s`: by then the last worker has noticed that its job ended. `keep_replaced_s`: for old links."""
        self._units = units
        self._archives = archives
        self._grace_s = grace_s
        self._keep_replaced_s = keep_replaced_s

    async def sweep(self) -> None:
        """Raises Unavailable; what is left then is found by the next pass."""
        await self._sweep_ended_jobs()
        await self._sweep_replaced_results()
        await self._sweep_deleted_videos()

    async def _sweep_ended_jobs(self) -> None:
        async with self._units.begin() as work:
            ended = await work.leftovers.ended_unswept(self._grace_s, _AT_ONCE)
        for key, state in ended:
            await self._archives.remove_parts(key)
            if state is not JobState.COMPLETED:
                await self._archives.remove_results(key)
            async with self._units.begin() as work:
                await work.leftovers.swept(key)
                await work.commit()

    async def _sweep_replaced_results(self) -> None:
        async with self._units.begin() as work:
            replaced = await work.leftovers.replaced(self._keep_replaced_s, _AT_ONCE)
        for key in replaced:
            await self._archives.remove_results(key)
            async with self._units.begin() as work:
                await work.leftovers.forget(key)
                await work.commit()

    async def _sweep_deleted_videos(self) -> None:
        async with self._units.begin() as work:
            deleted = await work.videos.deleted_unswept(self._grace_s, _AT_ONCE)
        for video_id in deleted:
            await self._archives.remove_video(video_id)
            async with self._units.begin() as work:
                await work.videos.swept(video_id)
                await work.commit()
            log.info("video.swept", video_id=video_id)
