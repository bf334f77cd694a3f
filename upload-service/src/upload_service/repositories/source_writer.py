"""One file on its way into the store: parts are sent while the next one is filled, its sha256 is taken on the way."""

import asyncio
import hashlib
from collections.abc import Coroutine
from typing import Any, TypeVar

from fiapx_common.object_store import MinioObjectStore, Part

from upload_service.services.ports import StoredSource

T = TypeVar("T")


class MinioSourceWriter:
    """A file of one part is a single PUT; a larger one is a multipart upload.

    Memory: two parts, one being filled and one under way. `write` copies what it is given, so that no chunk lives on
    between long-lived blocks, and waits while a part is full and the one before is still under way. Store calls run as
    tasks of their own: a caller that is cancelled does not leave a request behind whose answer nobody knows.
    """

    def __init__(self, store: MinioObjectStore, key: str, part_bytes: int) -> None:
        self._store = store
        self._key = key
        self._part_bytes = part_bytes
        self._filling = bytearray()
        self._size_bytes = 0
        self._sha256 = hashlib.sha256()
        self._upload_id: asyncio.Task[str] | None = None
        self._parts: list[asyncio.Task[Part]] = []
        self._calls: set[asyncio.Task[Any]] = set()
        self.kept = False

    async def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            piece = rest[: self._part_bytes - len(self._filling)]
            self._filling += piece
            rest = rest[len(piece) :]
            if len(self._filling) == self._part_bytes:
                await self._send_part()

    async def finish(self) -> StoredSource:
        if self._upload_id is None:
            whole = self._take()
            await self._digest(whole)
            await _answer(self._call(self._store.put(self._key, whole)))
        else:
            if self._filling:
                await self._send_part()
            parts = [await _answer(part) for part in self._parts]
            upload_id = await _answer(self._upload_id)
            await _answer(self._call(self._store.complete_multipart(self._key, upload_id, parts)))
        return StoredSource(self._size_bytes, self._sha256.hexdigest())

    def keep(self) -> None:
        self.kept = True

    async def discard(self) -> None:
        """Removes whatever there is, after the calls under way have ended. Raises Unavailable: the sweeper's turn."""
        self._filling.clear()
        if not self._calls:
            return
        await asyncio.gather(*self._calls, return_exceptions=True)
        if self._upload_id is not None and self._upload_id.exception() is None:
            await self._store.abort_multipart(self._key, self._upload_id.result())
        await self._store.delete([self._key])

    async def _send_part(self) -> None:
        if self._upload_id is None:
            self._upload_id = self._call(self._store.create_multipart(self._key))
        upload_id = await _answer(self._upload_id)
        if self._parts:
            await _answer(self._parts[-1])
        data = self._take()
        self._parts.append(self._call(self._store.put_part(self._key, upload_id, len(self._parts) + 1, data)))
        await self._digest(data)

    async def _digest(self, data: bytes) -> None:
        self._size_bytes += len(data)
        await asyncio.to_thread(self._sha256.update, data)

    def _take(self) -> bytes:
        taken = bytes(self._filling)
        self._filling.clear()
        return taken

    def _call(self, request: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        call = asyncio.create_task(request)
        self._calls.add(call)
        return call


async def _answer(call: asyncio.Task[T]) -> T:
    """The call's answer; being cancelled while waiting does not cancel the call."""
    return await asyncio.shield(call)
