"""What came out of a video: its archive, its frames, its manifest."""

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from fiapx_models.statuses import VideoStatus

from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import AttemptNotFound, ResultExpired, ResultNotReady
from api_gateway.entities.frame_ranges import IndexRange
from api_gateway.entities.images import ImageFacts, Kept
from api_gateway.entities.videos import FramePage, ManifestForm, Video
from api_gateway.services.ports import Frames, Pieces, Videos

_FINISHED: Final = frozenset({VideoStatus.COMPLETED})
_BEGUN: Final = frozenset({VideoStatus.PROCESSING, VideoStatus.COMPLETED})


class Results:
    """Shows results to the video's owner."""

    def __init__(self, videos: Videos, frames: Frames) -> None:
        self._videos = videos
        self._frames = frames

    async def archive_url(self, caller: Caller, video_id: UUID) -> str:
        """A presigned URL of `frames.zip`."""
        return await self._videos.archive_url(caller.user_id, video_id)

    async def selection(self, caller: Caller, video_id: UUID, wanted: Sequence[IndexRange]) -> tuple[str, Pieces]:
        """A name for an archive of some frames, and the archive."""
        video = await self._finished(caller, video_id)
        return video.selection_name, self._frames.selection(video.id, video.attempt, wanted)

    async def frames(self, caller: Caller, video_id: UUID, limit: int, after_index: int) -> FramePage:
        """Rows of the manifest after an index, 0 from the first; while it is processing, those made so far."""
        video = await self._begun(caller, video_id)
        return await self._frames.list(video.id, video.attempt, limit, after_index)

    async def image(
        self, caller: Caller, video_id: UUID, index: int, width: int, attempt: int | None
    ) -> tuple[ImageFacts, Kept | None, Pieces]:
        """One frame, as it was extracted or as a thumbnail; how long it stays, None: not settled; its bytes.

        It is settled only where it is asked for by its `attempt`: the next one may have another image.
        """
        video = await self._begun(caller, video_id)
        if attempt is not None and attempt != video.attempt:
            raise AttemptNotFound(attempt)
        facts, pieces = await self._frames.image(video.id, video.attempt, index, width)
        stays = attempt is not None and video.status is VideoStatus.COMPLETED
        return facts, Kept(video.expires_at) if stays else None, pieces

    async def manifest(self, caller: Caller, video_id: UUID, form: ManifestForm) -> tuple[int, Pieces]:
        """The attempt, and its whole manifest, which never changes."""
        video = await self._finished(caller, video_id)
        return video.attempt, self._frames.manifest(video.id, video.attempt, form)

    async def _finished(self, caller: Caller, video_id: UUID) -> Video:
        return await finished_video(self._videos, caller, video_id)

    async def _begun(self, caller: Caller, video_id: UUID) -> Video:
        return await _video_in(_BEGUN, self._videos, caller, video_id)


async def finished_video(videos: Videos, caller: Caller, video_id: UUID) -> Video:
    """The caller's video, if its result can be had. Raises NotFound, ResultNotReady, ResultExpired, Unavailable."""
    return await _video_in(_FINISHED, videos, caller, video_id)


async def _video_in(states: Container[VideoStatus], videos: Videos, caller: Caller, video_id: UUID) -> Video:
    # Whose video it is only upload-service knows, so it is asked first.
    video = await videos.get(caller.user_id, video_id)
    if video.status not in states:
        raise ResultNotReady
    if video.has_expired(datetime.now(UTC)):
        raise ResultExpired
    return video
