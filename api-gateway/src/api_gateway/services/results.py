"""What came out of a video: its archive, its frames, its manifest."""

from collections.abc import Container, Sequence
from datetime import UTC, datetime
from typing import Final

from fiapx_models.statuses import VideoStatus

from api_gateway.entities.errors import AttemptNotFound, ResultExpired, ResultNotReady
from api_gateway.entities.frame_ranges import EVERYTHING, IndexRange
from api_gateway.entities.images import ImageFacts, Kept
from api_gateway.entities.shares import ReadableVideo
from api_gateway.entities.videos import FramePage, ManifestForm, Video
from api_gateway.services.ports import Frames, Pieces, Videos

_FINISHED: Final = frozenset({VideoStatus.COMPLETED})
_BEGUN: Final = frozenset({VideoStatus.PROCESSING, VideoStatus.COMPLETED})


class Results:
    """Shows results to whoever may read the video."""

    def __init__(self, videos: Videos, frames: Frames) -> None:
        self._videos = videos
        self._frames = frames

    async def archive_url(self, readable: ReadableVideo) -> str | None:
        """A presigned URL of `frames.zip`; None where that tells a stranger more than `selection` does."""
        if readable.by_stranger and (await self._finished(readable)).has_owners_words:
            return None
        return await self._videos.archive_url(readable.user_id, readable.video_id)

    async def selection(self, readable: ReadableVideo, wanted: Sequence[IndexRange] | None) -> tuple[str, Pieces]:
        """A name for an archive of some frames, None: of all, and the archive."""
        video = await self._finished(readable)
        pieces = self._frames.selection(
            video.id, video.attempt, wanted or EVERYTHING, for_strangers=_needs_care(readable, video)
        )
        return video.archive_name if wanted is None else video.selection_name, pieces

    async def frames(self, readable: ReadableVideo, limit: int, after_index: int) -> FramePage:
        """Rows of the manifest after an index, 0 from the first; while it is processing, those made so far."""
        video = await self._begun(readable)
        return await self._frames.list(video.id, video.attempt, limit, after_index)

    async def image(
        self, readable: ReadableVideo, index: int, width: int, attempt: int | None
    ) -> tuple[ImageFacts, Kept | None, Pieces]:
        """One frame, as it was extracted or as a thumbnail; how long it stays, None: not settled; its bytes.

        It is settled only where it is asked for by its `attempt`: the next one may have another image.
        """
        video = await self._begun(readable)
        if attempt is not None and attempt != video.attempt:
            raise AttemptNotFound(attempt)
        facts, pieces = await self._frames.image(video.id, video.attempt, index, width)
        stays = attempt is not None and video.status is VideoStatus.COMPLETED
        return facts, Kept(video.expires_at) if stays else None, pieces

    async def manifest(self, readable: ReadableVideo, form: ManifestForm) -> tuple[int, Pieces]:
        """The attempt, and its whole manifest, which never changes."""
        video = await self._finished(readable)
        pieces = self._frames.manifest(video.id, video.attempt, form, for_strangers=_needs_care(readable, video))
        return video.attempt, pieces

    async def _finished(self, readable: ReadableVideo) -> Video:
        return await finished_video(self._videos, readable)

    async def _begun(self, readable: ReadableVideo) -> Video:
        return await _video_in(_BEGUN, self._videos, readable)


def _needs_care(readable: ReadableVideo, video: Video) -> bool:
    return readable.by_stranger and video.has_owners_words


async def finished_video(videos: Videos, readable: ReadableVideo) -> Video:
    """The video, if its result can be had. Raises NotFound, ResultNotReady, ResultExpired, Unavailable."""
    return await _video_in(_FINISHED, videos, readable)


async def _video_in(states: Container[VideoStatus], videos: Videos, readable: ReadableVideo) -> Video:
    # Whose video it is only upload-service knows, so it is asked first.
    video = await videos.get(readable.user_id, readable.video_id)
    if video.status not in states:
        raise ResultNotReady
    if video.has_expired(datetime.now(UTC)):
        raise ResultExpired
    return video
