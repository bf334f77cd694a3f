"""One object of the store, written as its bytes come: in constant memory, and not there at all unless it is whole."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from fiapx_common.errors import FiapxError
from fiapx_common.object_store import MinioObjectStore, Part, StoreUnavailable, UploadNotFound

PART_BYTES: Final = 8 << 20
_ABORT_S: Final = 2.0


@contextmanager
def upload_kept() -> Iterator[None]:
    """An upload of ours that the store forgot is the store's doing, and no missing part."""
    try:
        yield
    except UploadNotFound as error:
        raise StoreUnavailable("an upload under way is gone") from error


class ObjectStream:
    """Small objects become one PUT, larger ones a multipart upload with one part on its way while the next fills."""

    def __init__(self, store: MinioObjectStore, key: str, content_type: str) -> None:
        self._store = store
        self._key = key
        self._content_type = content_type
        self._upload_id: str | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._sending: asyncio.Task[Part] | None = None
        self._parts: list[Part] = []

    async def write(self, chunk: bytes) -> None:
        """Returns as soon as there is room again."""
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= PART_BYTES:
            await self._send()

    async def finish(self) -> None:
        """The object is there afterwards; one without bytes is not."""
        if self._upload_id is None:
            if self._waiting_bytes:
                await self._store.put(self._key, b"".join(self._waiting), self._content_type)
            return
        if self._waiting_bytes:
            await self._send()
        await self._sent()
        with upload_kept():
            await self._store.complete_multipart(self._key, self._upload_id, self._parts)

    async def abort(self) -> None:
        """Tries to leave nothing behind; where the store does not answer, the sweeper will."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.gather(self._sending, return_exceptions=True)
        if self._upload_id is not None:
            with suppress(FiapxError, TimeoutError):
                async with asyncio.timeout(_ABORT_S):
                    await self._store.abort_multipart(self._key, self._upload_id)

    async def _send(self) -> None:
        await self._sent()
        if self._upload_id is None:
            self._upload_id = await self._store.create_multipart(self._key, self._content_type)
        data = b"".join(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        number = len(self._parts) + 1
        self._sending = asyncio.create_task(self._store.put_part(self._key, self._upload_id, number, data))

    async def _sent(self) -> None:
        if self._sending is not None:
            with upload_kept():
                self._parts.append(await self._sending)
            self._sending = None
