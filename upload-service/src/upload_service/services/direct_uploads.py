"""A file that its client sends to the store by itself: begun, looked at, its parts' addresses signed, given up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

import structlog
from fiapx_common.errors import Refused
from fiapx_models.statuses import VideoStatus

from upload_service.entities.details import Details, clean_filename
from upload_service.entities.direct_upload import DirectUpload, PartPlan, UploadedPart, lawful_sha256, lawful_size
from upload_service.entities.errors import AccountErased, UploadCompleted, UploadEnded
from upload_service.entities.idempotency import Made, Operation, RequestKey, fingerprint
from upload_service.entities.quota import Allowance, Quota
from upload_service.entities.video import Video
from upload_service.services.completing import Completing
from upload_service.services.leftovers import Leftovers
from upload_service.services.ports import Multiparts, Unfinished, UnitsOfWork
from upload_service.services.repeating import Held, Repeating

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DirectLimits:
    """How direct uploads are cut, and how long things are good for."""

    part_bytes: int
    """The smallest part."""
    ttl: timedelta
    """For a whole upload, from its beginning."""
    link_ttl: timedelta
    """For an address of a part."""


class SignedPart(NamedTuple):
    """Where one part is PUT to, and until when."""

    number: int
    url: str
    expires_at: datetime


class DirectUploads:
    """Uploads past this service: it never sees a byte of them."""

    def __init__(
        self,
        work: UnitsOfWork,
        multiparts: Multiparts,
        completing: Completing,
        leftovers: Leftovers,
        repeating: Repeating,
        *,
        quota: Quota,
        limits: DirectLimits,
    ) -> None:
        self._work = work
        self._multiparts = multiparts
        self._completing = completing
        self._leftovers = leftovers
        self._repeating = repeating
        self._quota = quota
        self._limits = limits

    async def create(
        self,
        user_id: UUID,
        filename: str,
        size_bytes: int,
        sha256: str,
        details: Details,
        *,
        key: RequestKey | None,
    ) -> DirectUpload:
        """Begins an upload; its video exists from now on, and its declared size counts.

        The sha256 is recorded as declared: to prove it, the whole file would have to be read once more. Asked again
        under the same key, the answer is the upload that was begun, whatever has become of it.

        Raises:
            Invalid, TooLarge, Conflict: refused; nothing is left, and the key is free.
            Unavailable: the store or the database; the sweeper removes what may be left.
        """
        now = datetime.now(UTC)
        expires_at = now + self._limits.ttl
        video = Video(
            id=uuid4(),
            user_id=user_id,
            filename=clean_filename(filename),
            size_bytes=lawful_size(size_bytes),
            sha256=lawful_sha256(sha256),
            options_json=details.options_json,
            external_id=details.external_id,
            metadata_json=details.metadata_json,
            tags=details.tags,
            created_at=now,
            source_expires_at=expires_at,
        )
        asked = fingerprint(Operation.BEGIN, video.filename, video.size_bytes, video.sha256, details)
        made = Made(video.id, asked)
        async with self._repeating.holding(key) as held:
            if held.made is None:
                return await self._begin(video, expires_at, held, made)
            held.made.require_same(asked)
            async with self._work.begin() as work:
                return await work.direct_uploads.get(held.made.video_id)

    async def get(self, user_id: UUID, video_id: UUID) -> tuple[DirectUpload, Sequence[UploadedPart]]:
        """The upload, and the parts that the store has of it.

        Raises:
            VideoNotFound, UploadNotFound, UploadCompleted, UploadEnded, UploadExpired
        """
        upload = await self._still_open(user_id, video_id)
        parts = await self._multiparts.parts(upload)
        if parts is None:
            # Joined already, by a call that did not live to tell: what it began is finished.
            await self._completing.complete(user_id, video_id, [])
            raise UploadCompleted
        return upload, parts

    async def sign(self, user_id: UUID, video_id: UUID, part_numbers: Sequence[int]) -> list[SignedPart]:
        """Addresses to PUT parts to, valid for a while but not longer than the upload.

        Raises:
            Invalid: a number that the file does not have, or too many of them.
            VideoNotFound, UploadNotFound, UploadCompleted, UploadEnded, UploadExpired
        """
        upload = await self._still_open(user_id, video_id)
        numbers = upload.plan.lawful_numbers(part_numbers)
        now = datetime.now(UTC)
        lasts_s = max(1, int((min(now + self._limits.link_ttl, upload.expires_at) - now).total_seconds()))
        expires_at = now + timedelta(seconds=lasts_s)
        return [SignedPart(one, self._multiparts.sign(upload, one, lasts_s), expires_at) for one in numbers]

    async def abort(self, user_id: UUID, video_id: UUID) -> None:
        """Gives an upload up: the video is cancelled and its parts go. Repeated, it changes nothing.

        Raises:
            VideoNotFound, UploadNotFound
            UploadCompleted: there is a whole file; the video may be cancelled or deleted.
        """
        async with self._work.begin() as work:
            video = await work.videos.lock(user_id, video_id)
            if (await work.direct_uploads.get(video_id)).completed_at is not None:
                raise UploadCompleted
            if video.status is VideoStatus.UPLOADING:
                await work.videos.change(video, video.cancelled(datetime.now(UTC)))
                await work.commit()
                log.info("upload.aborted", video_id=str(video_id))
        await self._leftovers.try_to_remove(video_id)

    async def _begin(self, video: Video, expires_at: datetime, held: Held, made: Made) -> DirectUpload:
        async with self._work.begin() as work:
            usage = await work.videos.usage(video.user_id, video.created_at)
            Allowance(await work.quotas.of(video.user_id, self._quota), usage).accept(video.size_bytes)
        multipart_id = await self._multiparts.begin(video.id)
        plan = PartPlan.of(video.size_bytes, self._limits.part_bytes)
        upload = DirectUpload(video.id, multipart_id, plan, expires_at)
        try:
            await self._open(video, upload, held, made)
        except Refused:
            await self._multiparts.abort(Unfinished(video.id, multipart_id))
            raise
        log.info("upload.begun", video_id=str(video.id), user_id=str(video.user_id), size_bytes=video.size_bytes)
        return upload

    async def _open(self, video: Video, upload: DirectUpload, held: Held, made: Made) -> None:
        async with self._work.begin() as work:
            usage = await work.videos.lock_usage(video.user_id, video.created_at)
            Allowance(await work.quotas.of(video.user_id, self._quota), usage).accept(video.size_bytes)
            if await work.erased_users.has(video.user_id):
                raise AccountErased
            await work.videos.add(video)
            await work.direct_uploads.add(upload)
            await held.settle(work, made)
            await work.commit()

    async def _still_open(self, user_id: UUID, video_id: UUID) -> DirectUpload:
        async with self._work.begin() as work:
            video = await work.videos.get(user_id, video_id)
            upload = await work.direct_uploads.get(video_id)
        upload.require_open(datetime.now(UTC))
        if video.status is not VideoStatus.UPLOADING:
            raise UploadEnded(video.status)
        return upload
