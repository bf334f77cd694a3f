"""What processing tells of an attempt, taken in once, in any order; its end is told on as the user's truth."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from fiapx_models.events import VideoEvent, VideoFailed, VideoProcessed, VideoProcessingStarted, VideoProgressed
from fiapx_models.statuses import TERMINAL

from upload_service.entities.video import Archive, Video
from upload_service.services.announcing import ended
from upload_service.services.ports import UnitsOfWork

log = structlog.get_logger(__name__)
CONSUMER: Final = "upload.outcomes"


class Outcomes:
    """Records outcomes. Each method answers the video as it is now if the news changed it, else None."""

    def __init__(self, work: UnitsOfWork, keep_result: timedelta) -> None:
        self._work = work
        self._keep_result = keep_result

    async def started(self, event: VideoProcessingStarted, message_id: str) -> Video | None:
        """The plan stands."""
        return await self._take_in(
            event,
            message_id,
            lambda video: video.started(event.attempt, event.media, event.frames_expected, event.started_at),
        )

    async def progressed(self, event: VideoProgressed, message_id: str) -> Video | None:
        """More is done."""
        return await self._take_in(
            event, message_id, lambda video: video.progressed(event.attempt, event.progress, event.frames_ready)
        )

    async def processed(self, event: VideoProcessed, message_id: str) -> Video | None:
        """The archive stands."""
        archive = Archive(event.archive_key, event.manifest_key, event.archive_bytes, event.frame_count)
        return await self._take_in(
            event,
            message_id,
            lambda video: video.completed(
                event.attempt,
                event.media,
                archive,
                tuple(event.warnings),
                at=event.finished_at,
                keep=self._keep_result,
            ),
        )

    async def failed(self, event: VideoFailed, message_id: str) -> Video | None:
        """There will be no result."""
        return await self._take_in(
            event, message_id, lambda video: video.failed(event.attempt, event.error, event.finished_at)
        )

    async def _take_in(self, event: VideoEvent, message_id: str, told: Callable[[Video], Video]) -> Video | None:
        async with self._work.begin() as work:
            if not await work.inbox.first_time(message_id, CONSUMER):
                return None
            video = await work.videos.lock_for_outcome(event.video_id)
            if video is None:
                await work.commit()
                return None
            after = told(video)
            await work.videos.change(video, after)
            if after.status is not video.status and after.status in TERMINAL:
                await work.outbox.add(ended(after))
            await work.commit()
        if after == video:
            return None
        if after.status is not video.status:
            log.info("video.outcome", video_id=str(after.id), attempt=after.attempt, status=after.status.value)
        return after
