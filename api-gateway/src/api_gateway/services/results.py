"""What came out of a video: its archive, its frames, its manifest."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

from fiapx_models.statuses import VideoStatus

from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import ResultExpired, ResultNotReady
from api_gateway.entities.videos import FramePage, Video
from api_gateway.services.ports import Frames, Videos


class Results:
    """Shows results to the video's owner."""

    def __init__(self, videos: Videos, frames: Frames) -> None:
        self._videos = videos
        self._frames = frames

    async def archive_url(self, caller: Caller, video_id: UUID) -> str:
        """A presigned URL of `frames.zip`."""
        return await self._videos.archive_url(caller.user_id, video_id)

    async def frames(self, caller: Caller, video_id: UUID, limit: int, after_index: int) -> FramePage:
        """Rows of the manifest after an index, 0 from the first."""
        video = await self._finished(caller, video_id)
        return await self._frames.list(video.id, video.attempt, limit, after_index)

    async def manifest(self, caller: Caller, video_id: UUID) -> AsyncIterator[bytes]:
        """The manifest's JSON in pieces."""
        video = await self._finished(caller, video_id)
        return self._frames.manifest(video.id, video.attempt)

    async def _finished(self, caller: Caller, video_id: UUID) -> Video:
        # Whose video it is only upload-service knows, so it is asked first.
        video = await self._videos.get(caller.user_id, video_id)
        if video.status is not VideoStatus.COMPLETED:
            raise ResultNotReady
        if video.has_expired(datetime.now(UTC)):
            raise ResultExpired
        return video
