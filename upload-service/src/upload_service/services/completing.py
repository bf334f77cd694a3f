"""A file in parts becomes whole: the store is asked, the client only believed where it agrees."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from fiapx_common.errors import Unsupported
from fiapx_models.failures import FailureCode, explain
from fiapx_models.media import Failure
from fiapx_models.statuses import VideoStatus

from upload_service.entities.containers import HEAD_BYTES, container_of
from upload_service.entities.direct_upload import DirectUpload, UploadedPart
from upload_service.entities.errors import (
    UnsupportedContainer,
    UploadEnded,
    UploadExpired,
    UploadPartsMissing,
    VideoNotFound,
)
from upload_service.entities.video import Video
from upload_service.services.announcing import uploaded
from upload_service.services.leftovers import Leftovers
from upload_service.services.ports import Multiparts, UnitsOfWork

log = structlog.get_logger(__name__)


class Arrival(NamedTuple):
    """A file that is whole."""

    video: Video
    is_new: bool
    """False: this was known before."""


class Completing:
    """Ends direct uploads, well or badly."""

    def __init__(self, work: UnitsOfWork, multiparts: Multiparts, leftovers: Leftovers, keep_source: timedelta) -> None:
        self._work = work
        self._multiparts = multiparts
        self._leftovers = leftovers
        self._keep_source = keep_source

    async def complete(self, user_id: UUID, video_id: UUID, told: Sequence[UploadedPart]) -> Arrival:
        """Joins the parts and queues the video: row, record and event are one transaction.

        May be repeated after any end, a killed process included: each step looks for what was done before. Once the
        file was whole the answer is the video, whatever has become of it since.

        Raises:
            Conflict: parts are missing or not as they must be; nothing has changed.
            Unsupported: no video. The video has failed, nothing of the file is left.
            UploadEnded, UploadExpired, UploadNotFound, VideoNotFound
        """
        async with self._work.begin() as work:
            video = await work.videos.get(user_id, video_id)
            upload = await work.direct_uploads.get(video_id)
            if upload.completed_at is not None:
                # Perhaps by somebody else, after the video had been read.
                return Arrival(await work.videos.get(user_id, video_id), is_new=False)
        _require_uploading(video)
        upload.require_open(datetime.now(UTC))
        await self._join(user_id, upload, told)
        return await self._take(user_id, video_id)

    async def abandon(self, video_id: UUID, failure: Failure) -> bool:
        """Ends an upload that gives no video, and removes what the store has of it. Answers whether it was open."""
        async with self._work.begin() as work:
            video = await work.videos.lock_for_outcome(video_id)
            if video is None or video.deleted_at is not None or video.status is not VideoStatus.UPLOADING:
                return False
            await work.videos.change(video, video.abandoned(failure, datetime.now(UTC)))
            await work.commit()
        log.info("upload.abandoned", video_id=str(video_id), code=failure.code)
        await self._leftovers.try_to_remove(video_id)
        return True

    async def settle(self, video_id: UUID) -> bool:
        """Ends an upload whose time is over; what was joined by a call that did not live to queue it is queued.

        Answers whether it was open. Raises Unavailable: the store can't tell, so nothing has changed.
        """
        async with self._work.begin() as work:
            video = await work.videos.lock_for_outcome(video_id)
            upload = await work.direct_uploads.get(video_id)
        if video is None or await self._multiparts.size(video_id) != upload.plan.size_bytes:
            return await self._expire(video_id)
        try:
            return (await self._take(video.user_id, video_id)).is_new
        except (Unsupported, VideoNotFound, UploadEnded) as ended:
            log.info("upload.not_rescued", video_id=str(video_id), code=ended.code)
            return isinstance(ended, Unsupported)

    async def _expire(self, video_id: UUID) -> bool:
        words = explain(FailureCode.UPLOAD_EXPIRED)
        failure = Failure(code=FailureCode.UPLOAD_EXPIRED, message=words.message, hint=words.hint)
        return await self.abandon(video_id, failure)

    async def _join(self, user_id: UUID, upload: DirectUpload, told: Sequence[UploadedPart]) -> None:
        """The file, made of its parts now or by a call before this one."""
        stored = await self._multiparts.parts(upload)
        try:
            if stored is not None and await self._multiparts.join(upload, upload.plan.whole(stored, told)):
                return
        except UploadPartsMissing:
            # A store that has just joined them for another call may show its last steps: the upload, without parts.
            if await self._multiparts.size(upload.video_id) != upload.plan.size_bytes:
                raise
        if await self._multiparts.size(upload.video_id) != upload.plan.size_bytes:
            # Nobody joined the parts: the store has dropped them, or somebody has ended the upload meanwhile.
            await self._expire(upload.video_id)
            async with self._work.begin() as work:
                _require_uploading(await work.videos.get(user_id, upload.video_id))

    async def _take(self, user_id: UUID, video_id: UUID) -> Arrival:
        """Queues the video of a whole file, or ends it where that is no video."""
        try:
            container_of(await self._multiparts.head(video_id, HEAD_BYTES))
        except UnsupportedContainer as error:
            hint = explain(FailureCode.UNSUPPORTED_CONTAINER).hint
            failure = Failure(code=FailureCode.UNSUPPORTED_CONTAINER, message=error.detail, hint=hint)
            await self.abandon(video_id, failure)
            raise
        try:
            return await self._accept(user_id, video_id)
        except (VideoNotFound, UploadEnded):
            # Cancelled or deleted meanwhile, perhaps before the file was whole and could be removed.
            await self._leftovers.try_to_remove(video_id)
            raise

    async def _accept(self, user_id: UUID, video_id: UUID) -> Arrival:
        now = datetime.now(UTC)
        async with self._work.begin() as work:
            video = await work.videos.lock(user_id, video_id)
            upload = await work.direct_uploads.get(video_id)
            if upload.completed_at is not None:
                return Arrival(video, is_new=False)
            _require_uploading(video)
            queued = video.arrived(now, self._keep_source)
            await work.videos.change(video, queued)
            await work.direct_uploads.complete(upload.completed(now))
            await work.outbox.add(uploaded(queued))
            await work.commit()
        log.info("video.queued", video_id=str(video_id), user_id=str(user_id), size_bytes=queued.size_bytes)
        return Arrival(queued, is_new=True)


def _require_uploading(video: Video) -> None:
    """Else the answer that ended the upload, again."""
    if video.status is VideoStatus.UPLOADING:
        return
    match video.error:
        case Failure(code=FailureCode.UPLOAD_EXPIRED):
            raise UploadExpired
        case Failure(code=FailureCode.UNSUPPORTED_CONTAINER as code, message=message):
            raise Unsupported(code, message)
        case _:
            raise UploadEnded(video.status)
