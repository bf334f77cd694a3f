"""The multipart half of the adapter: large objects in parts."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

from fiapx_common.errors import NotFound
from fiapx_common.object_store.failures import StoreRefused, StoreUnavailable, UploadNotFound, failures_translated
from fiapx_common.object_store.objects import MultipartUpload, ObjectFacts, Part, multipart_etag
from fiapx_common.object_store.s3_client import S3Client
from fiapx_common.object_store.threads import StoreThreads

_OTHERS_LOOKS: Final = 10
_OTHERS_LOOK_S: Final = 0.2


class MinioMultipart:
    """Multipart uploads of one bucket."""

    def __init__(self, client: S3Client, bucket: str, threads: StoreThreads) -> None:
        self._client = client
        self._bucket = bucket
        self._threads = threads
        # JuiceFS's gateway fails in several ways when two join the same parts at the same moment.
        self._joining: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()

    async def create_multipart(self, key: str, content_type: str = "application/octet-stream") -> str:
        """Begins an upload; answers its id."""
        call = partial(self._client.create_multipart, self._bucket, key, content_type)
        return await self._threads.run("CreateMultipartUpload", key, call)

    async def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> Part:
        """Stores part `number` (1 to 10,000), replacing an earlier one."""
        call = partial(self._client.put_part, self._bucket, key, upload_id, number, data)
        return await self._threads.run("UploadPart", key, call)

    async def copy_part(
        self, key: str, upload_id: str, number: int, source_key: str, *, start: int, length: int
    ) -> Part:
        """Makes a part of the bytes [start, start + length) of another object, on the store."""
        call = partial(self._client.copy_part, self._bucket, key, upload_id, number, (source_key, start, length))
        return await self._threads.run("UploadPartCopy", source_key, call)

    async def list_parts(self, key: str, upload_id: str) -> list[Part]:
        """The parts that the store has, by number."""
        call = partial(self._client.all_parts, self._bucket, key, upload_id)
        return await self._threads.run("ListParts", key, call)

    async def complete_multipart(self, key: str, upload_id: str, parts: Sequence[Part]) -> ObjectFacts:
        """Joins the parts to the object. May be repeated, by several at once too, and after an answer got lost."""
        ordered = sorted(parts, key=lambda part: part.number)
        alone = self._joining.setdefault(upload_id, threading.Lock())
        call = partial(self._complete, key, upload_id, ordered, alone)
        return await self._threads.run("CompleteMultipartUpload", key, call)

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Drops an upload and its parts; one that is not there is no error."""
        call = partial(self._client.abort_multipart, self._bucket, key, upload_id)
        try:
            await self._threads.run("AbortMultipartUpload", key, call)
        except NotFound:
            return

    async def list_multipart(self, prefix: str = "") -> list[MultipartUpload]:
        """The uploads that are still open below a prefix."""
        call = partial(self._client.open_uploads, self._bucket, prefix)
        return await self._threads.run("ListMultipartUploads", prefix, call)

    def _stat(self, key: str) -> ObjectFacts:
        found = self._client.stat_object(self._bucket, key)
        return ObjectFacts(key, found.size or 0, (found.etag or "").strip('"'), found.last_modified)

    def _complete(self, key: str, upload_id: str, parts: list[Part], alone: threading.Lock) -> ObjectFacts:
        try:
            with alone, failures_translated(key):
                etag = self._client.complete_multipart(self._bucket, key, upload_id, parts)
        except UploadNotFound:
            return self._completed_before(key, parts)
        except StoreRefused:
            # JuiceFS's gateway answers AccessDenied to those who come while another is joining the same parts.
            found = self._completed_meanwhile(key, parts)
            if found is None:
                raise
            return found
        if etag is None:
            raise StoreUnavailable("an upload that was not completed")
        return self._stat(key)

    def _completed_meanwhile(self, key: str, parts: list[Part]) -> ObjectFacts | None:
        """As `_completed_before`, once another is done; None when nobody joins these parts."""
        for _ in range(_OTHERS_LOOKS):
            time.sleep(_OTHERS_LOOK_S)
            with suppress(UploadNotFound):
                return self._completed_before(key, parts)
        return None

    def _completed_before(self, key: str, parts: list[Part]) -> ObjectFacts:
        """The object, if it is these very parts: then an earlier call joined them. Else UploadNotFound."""
        try:
            with failures_translated(key):
                facts = self._stat(key)
        except NotFound as error:
            raise UploadNotFound(key) from error
        if facts.etag != multipart_etag(parts):
            raise UploadNotFound(key)
        return facts
