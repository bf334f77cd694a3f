"""Estimates: what a job would come to, before it is begun."""

from datetime import UTC, datetime
from uuid import UUID

from fiapx_models.media import Media
from fiapx_models.statuses import VideoStatus

from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import SourceExpired, StillUploading
from api_gateway.entities.estimates import Estimate
from api_gateway.services.estimate_ports import Estimates
from api_gateway.services.ports import Videos


class Estimating:
    """Of facts that somebody tells, and of the caller's own videos."""

    def __init__(self, videos: Videos, estimates: Estimates) -> None:
        self._videos = videos
        self._estimates = estimates

    async def of_media(self, media: Media, options_json: str) -> Estimate:
        """From a video's facts alone."""
        return await self._estimates.of_media(media, options_json)

    async def of_video(
        self, caller: Caller, video_id: UUID, options_json: str, limit: int, after_index: int
    ) -> Estimate:
        """From the stored file, with at most `limit` of the planned instants."""
        video = await self._videos.get(caller.user_id, video_id)
        if video.status is VideoStatus.UPLOADING:
            raise StillUploading
        if video.source_expires_at is None or video.source_expires_at <= datetime.now(UTC):
            raise SourceExpired
        return await self._estimates.of_video(video.id, options_json, limit, after_index)
