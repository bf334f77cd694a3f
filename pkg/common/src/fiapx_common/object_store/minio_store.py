"""The store's adapter: objects, and addresses that let others reach one of them."""

import asyncio
import io
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from minio.datatypes import Object
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from urllib3.response import BaseHTTPResponse

from fiapx_common.errors import Unavailable
from fiapx_common.http.content_disposition import content_disposition
from fiapx_common.object_store.failures import StoreRefused, StoreUnavailable
from fiapx_common.object_store.multipart import MinioMultipart
from fiapx_common.object_store.objects import ObjectFacts
from fiapx_common.object_store.s3_client import S3Client
from fiapx_common.object_store.signed_length import with_signed_length
from fiapx_common.object_store.threads import StoreThreads, attributes_of
from fiapx_common.settings import StoreSettings

CHUNK_BYTES = 1 << 20
PAGE = 1000
HEALTH_TIMEOUT_S = 2.0
_SMALLEST_PART_BYTES = 5 << 20


class MinioObjectStore(MinioMultipart):
    """One bucket of an S3 store. Keys are the caller's, never a user's string.

    Raises NotFound and Invalid of `failures`, else Unavailable (down, slow, full, refused).
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        client = S3Client(settings, settings.endpoint, secure=settings.secure)
        span_attributes = attributes_of(settings)
        super().__init__(client, settings.bucket, StoreThreads(settings.connections, span_attributes))
        # Its own thread and short timeout: hanging requests must not delay the news that the store is back.
        hasty = settings.model_copy(update={"timeout_s": min(HEALTH_TIMEOUT_S, settings.timeout_s)})
        self._health_client = S3Client(hasty, settings.endpoint, secure=settings.secure)
        self._health_threads = StoreThreads(1, span_attributes)
        self._public_clients: dict[str, S3Client] = {}

    async def ensure_bucket(self) -> None:
        """Makes the bucket unless it exists; several services may do so at once."""
        await self._threads.run("HeadBucket", self._bucket, self._make_bucket)

    async def check(self) -> None:
        """A readiness check. Raises Unavailable unless the bucket answers within 2 seconds."""
        asked = partial(self._health_client.bucket_exists, self._bucket)
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT_S):
                exists = await self._health_threads.run("HeadBucket", self._bucket, asked)
        except TimeoutError as error:
            raise StoreUnavailable(f"no answer within {HEALTH_TIMEOUT_S:g} s") from error
        if not exists:
            raise StoreRefused("NoSuchBucket")

    async def healthy(self) -> bool:
        """As `check`, told instead of raised."""
        try:
            await self.check()
        except Unavailable:
            return False
        return True

    async def put(self, key: str, data: bytes, content_type: str = "application/octet-stream") -> ObjectFacts:
        """Writes a whole object in one request (at most 5 GiB), replacing what was there."""

        def call() -> ObjectFacts:
            part_size = max(len(data), _SMALLEST_PART_BYTES)
            written = self._client.put_object(
                self._bucket, key, io.BytesIO(data), len(data), content_type, part_size=part_size
            )
            return ObjectFacts(key, len(data), written.etag or "", written.last_modified)

        return await self._threads.run("PutObject", key, call)

    async def stat(self, key: str) -> ObjectFacts:
        """Size and ETag, or ObjectNotFound."""
        return await self._threads.run("HeadObject", key, partial(self._stat, key))

    async def read(
        self, key: str, start: int = 0, length: int | None = None, *, chunk_bytes: int = CHUNK_BYTES
    ) -> AsyncGenerator[bytes, None]:
        """The bytes [start, start + length), up to the object's end at most, in chunks of at most `chunk_bytes`.

        Close the iterator (`contextlib.aclosing`) when leaving early: it holds a connection.
        """
        if length == 0:
            return
        opened = partial(self._open, key, start, length)
        response = await self._threads.open("GetObject", key, opened, _hang_up)
        try:
            while chunk := await self._threads.read_on(key, partial(response.read, chunk_bytes)):
                yield chunk
            response.release_conn()
        finally:
            # Closing what was released does nothing; what was left midway cannot be used for another request.
            response.close()

    async def read_all(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """As `read`, in one piece: for small objects and ranges."""

        def call() -> bytes:
            response = self._open(key, start, length)
            try:
                return response.read()
            finally:
                _hang_up(response)

        return b"" if length == 0 else await self._threads.run("GetObject", key, call)

    async def download(self, key: str, path: Path) -> int:
        """Writes the object to a file, which is removed again if that fails. Answers the number of bytes."""

        def call() -> int:
            response = self._open(key, 0, None)
            try:
                with path.open("wb") as file:
                    return sum(file.write(chunk) for chunk in iter(partial(response.read, CHUNK_BYTES), b""))
            except BaseException:
                path.unlink(missing_ok=True)
                raise
            finally:
                _hang_up(response)

        return await self._threads.run("GetObject", key, call)

    async def list(self, prefix: str) -> AsyncGenerator[ObjectFacts, None]:
        """All objects whose key begins so, in the order of their keys; pages are asked for as they are needed."""
        async for item in self._items(prefix):
            if not item.is_dir:
                yield _facts(item)

    async def delete(self, keys: Iterable[str]) -> None:
        """Removes objects; one that is not there is no error."""
        wanted = [DeleteObject(key) for key in keys]
        if wanted:
            await self._threads.run("DeleteObjects", wanted[0].name, partial(self._delete, wanted))

    async def delete_prefix(self, prefix: str) -> int:
        """Removes all objects below a folder ("parts/ID/"), answers how many. Not the uploads that are still open."""
        if not prefix.strip("/") or not prefix.endswith("/"):
            raise ValueError(f"not a folder: {prefix!r}")
        keys = [item.key async for item in self.list(prefix)]
        await self.delete(keys)
        # A store on a file system keeps the folders of what was deleted in bulk, and lists them for ever.
        async for item in self._items(prefix):
            await self._threads.run(
                "DeleteObject", prefix, partial(self._client.remove_object, self._bucket, _facts(item).key)
            )
        return len(keys)

    def presign_get(
        self,
        key: str,
        expires_s: int,
        filename: str,
        public_url: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """An address to download one object by, under a name. `public_url`: where the reader reaches the store."""
        answer: dict[str, str | list[str] | tuple[str]] = {
            "response-content-disposition": content_disposition(filename)
        }
        if content_type is not None:
            answer["response-content-type"] = content_type
        return self._reached_at(public_url).get_presigned_url(
            "GET", self._bucket, key, timedelta(seconds=expires_s), response_headers=answer
        )

    def presign_part(
        self,
        key: str,
        upload_id: str,
        number: int,
        length_bytes: int,
        expires_s: int,
        *,
        public_url: str | None = None,
    ) -> str:
        """An address to PUT one part of a multipart upload to, of that length; the answer's ETag header names it."""
        url = self._reached_at(public_url).get_presigned_url(
            "PUT",
            self._bucket,
            key,
            timedelta(seconds=expires_s),
            extra_query_params={"partNumber": str(number), "uploadId": upload_id},
        )
        return with_signed_length(url, length_bytes, self._settings)

    def close(self) -> None:
        """Takes no more requests; those under way end by themselves."""
        self._threads.close()
        self._health_threads.close()

    async def _items(self, prefix: str) -> AsyncGenerator[Object, None]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        while page := await self._threads.run("ListObjectsV2", prefix, partial(_page, found)):
            for item in page:
                yield item

    def _reached_at(self, public_url: str | None) -> S3Client:
        if public_url is None:
            return self._client
        if public_url not in self._public_clients:
            parts = urlsplit(public_url)
            secure = parts.scheme == "https"
            if len(self._public_clients) >= PAGE:
                self._public_clients.clear()
            self._public_clients[public_url] = S3Client(self._settings, parts.netloc, secure=secure)
        return self._public_clients[public_url]

    def _make_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise

    def _open(self, key: str, start: int, length: int | None) -> BaseHTTPResponse:
        return self._client.get_object(self._bucket, key, offset=start, length=length or 0)

    def _delete(self, wanted: Sequence[DeleteObject]) -> None:
        kept = [*self._client.remove_objects(self._bucket, wanted)]
        if kept:
            raise StoreUnavailable(f"{len(kept)} objects could not be deleted ({kept[0].code})")


def _facts(item: Object) -> ObjectFacts:
    return ObjectFacts(item.object_name or "", item.size or 0, (item.etag or "").strip('"'), item.last_modified)


def _page(found: Iterator[Object]) -> list[Object]:
    return list(islice(found, PAGE))


def _hang_up(response: BaseHTTPResponse) -> None:
    response.close()
    response.release_conn()
