"""A file comes in: refused as early as can be, else a queued video, its file and its event."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

import structlog
from fiapx_common.idempotency_keys import IdempotencyKeyReused

from upload_service.entities.containers import HEAD_BYTES, container_of
from upload_service.entities.details import clean_filename
from upload_service.entities.errors import AccountErased, FileEmpty, UploadsBusy, UploadTooSlow
from upload_service.entities.idempotency import Made, Operation, RequestKey, fingerprint
from upload_service.entities.quota import Allowance, Quota
from upload_service.entities.video import Video
from upload_service.services.allowances import Allowances
from upload_service.services.announcing import uploaded
from upload_service.services.completing import Arrival
from upload_service.services.ports import Sources, SourceWriter, UnitsOfWork, Upload
from upload_service.services.repeating import Held, Repeating

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class UploadLimits:
    """What one process and one upload may take."""

    at_once: int
    """Streams of this process; more wait unread."""
    of_one_user: int
    """Of these; more of one user wait, however many places are free."""
    wait_s: float
    """For a place among them."""
    timeout_s: float
    """For a whole upload."""


class Uploads:
    """Receives files."""

    def __init__(
        self,
        work: UnitsOfWork,
        sources: Sources,
        repeating: Repeating,
        *,
        quota: Quota,
        limits: UploadLimits,
        keep_source: timedelta,
    ) -> None:
        self._work = work
        self._repeating = repeating
        self._sources = sources
        self._quota = quota
        self._allowances = Allowances(work, quota)
        self._limits = limits
        self._keep_source = keep_source
        self._places = asyncio.Semaphore(limits.at_once)
        # Each lives as long as somebody has or wants one of its places.
        self._places_of = WeakValueDictionary[UUID, asyncio.Semaphore]()

    async def receive(
        self, user_id: UUID, filename: str, declared_bytes: int, upload: Upload, key: RequestKey | None
    ) -> Arrival:
        """Streams the file into the store and accepts it: row, record, event and key are one transaction.

        Under the key of an earlier upload the file is read and compared, and the answer is that upload's.

        Raises:
            Invalid, Unsupported, TooLarge, Conflict: refused; nothing of it is left, and its key is free.
            Unavailable: the store or the database; the sweeper removes what may be left.
        """
        async with self._repeating.holding(key) as held:
            if held.made is not None:
                video = await self._same(user_id, filename, upload, held.made)
                log.info("upload.repeated", video_id=str(video.id), user_id=str(user_id))
                return Arrival(video, is_new=False)
            return Arrival(await self._take(user_id, filename, declared_bytes, upload, held), is_new=True)

    async def _take(self, user_id: UUID, filename: str, declared_bytes: int, upload: Upload, held: Held) -> Video:
        allowance = await self._allowances.of(user_id)
        allowance.admit(declared_bytes)
        async with self._place(user_id), self._in_time():
            video_id = uuid4()
            async with self._sources.writing(video_id) as source:
                await _copy(upload, source, allowance)
                details = upload.details()
                stored = await source.finish()
                now = datetime.now(UTC)
                video = Video(
                    id=video_id,
                    user_id=user_id,
                    filename=clean_filename(filename),
                    size_bytes=stored.size_bytes,
                    sha256=stored.sha256,
                    options_json=details.options_json,
                    external_id=details.external_id,
                    metadata_json=details.metadata_json,
                    tags=details.tags,
                    created_at=now,
                    source_expires_at=now + self._keep_source,
                ).queued()
                asked = fingerprint(Operation.STREAM, video.filename, video.size_bytes, video.sha256, details)
                await self._accept(video, source, held, Made(video_id, asked))
                log.info("video.queued", video_id=str(video.id), user_id=str(user_id), size_bytes=video.size_bytes)
                return video

    async def _same(self, user_id: UUID, filename: str, upload: Upload, made: Made) -> Video:
        """What the key's first upload has made, once this one turns out to be the same; only then is it told."""
        async with self._work.begin() as work:
            video = await work.videos.whosever(made.video_id)
        if clean_filename(filename) != video.filename:
            raise IdempotencyKeyReused
        async with self._place(user_id), self._in_time():
            digest, size_bytes = hashlib.sha256(), 0
            async for chunk in upload.chunks():
                digest.update(chunk)
                size_bytes += len(chunk)
                if size_bytes > video.size_bytes:
                    raise IdempotencyKeyReused
        details = upload.details()
        made.require_same(fingerprint(Operation.STREAM, video.filename, size_bytes, digest.hexdigest(), details))
        return video.as_accepted(details.options_json)

    async def _accept(self, video: Video, source: SourceWriter, held: Held, made: Made) -> None:
        async with self._work.begin() as work:
            usage = await work.videos.lock_usage(video.user_id, video.created_at)
            Allowance(await work.quotas.of(video.user_id, self._quota), usage).accept(video.size_bytes)
            if await work.erased_users.has(video.user_id):
                raise AccountErased
            await work.videos.add(video)
            await work.outbox.add(uploaded(video, content_sha256=video.sha256))
            await held.settle(work, made)
            # A commit whose answer is lost may have happened: then the row needs its file.
            source.keep()
            await work.commit()

    @asynccontextmanager
    async def _place(self, user_id: UUID) -> AsyncIterator[None]:
        """One of the user's own places first: who has too many of them does not stand in others' way."""
        own = self._places_of.setdefault(user_id, asyncio.Semaphore(self._limits.of_one_user))
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._limits.wait_s):
                    await held.enter_async_context(own)
                    await held.enter_async_context(self._places)
            except TimeoutError as error:
                raise UploadsBusy from error
            yield

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                yield
        except TimeoutError as error:
            raise UploadTooSlow(f"it took more than {self._limits.timeout_s:g} s") from error


async def _copy(upload: Upload, source: SourceWriter, allowance: Allowance) -> None:
    """Chunk by chunk; the kind is decided as soon as the head is there, the size with each chunk."""
    head = b""
    size_bytes = 0
    async for chunk in upload.chunks():
        size_bytes += len(chunk)
        allowance.hold(size_bytes)
        if len(head) >= HEAD_BYTES:
            await source.write(chunk)
            continue
        head += chunk
        if len(head) >= HEAD_BYTES:
            container_of(head)
            await source.write(head)
    if size_bytes == 0:
        raise FileEmpty
    if size_bytes < HEAD_BYTES:
        container_of(head)
        await source.write(head)
