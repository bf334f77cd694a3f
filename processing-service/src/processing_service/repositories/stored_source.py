"""Sources in the store as the engine reads them: windows of ranges, or whole on the local disk for those that must."""

import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Final

from fiapx_common.object_store import MinioObjectStore, StoreUnavailable

from processing_service.entities.job import Request
from processing_service.repositories.measures import PrometheusMeasures
from processing_service.repositories.scratch_copies import ScratchCopies

_SMALLEST_WINDOW_BYTES: Final = 1 << 20
_LARGEST_WINDOW_BYTES: Final = 8 << 20


class StoredSource:
    """Implements the engine's `SourceBytes`. Whoever reads on gets larger windows, whoever jumps about small ones."""

    def __init__(self, store: MinioObjectStore, copies: ScratchCopies, request: Request) -> None:
        self._store = store
        self._copies = copies
        self._request = request
        self._window = b""
        self._window_at = 0
        self._next_bytes = _SMALLEST_WINDOW_BYTES
        self.requests = 0
        self.fetched_bytes = 0
        self.waited_s = 0.0

    @property
    def size_bytes(self) -> int:
        return self._request.size_bytes

    async def read(self, offset: int, length: int) -> bytes:
        """Raises NotFound, Unavailable."""
        end = min(offset + length, self.size_bytes)
        if end <= offset:
            return b""
        window_end = self._window_at + len(self._window)
        if self._window_at <= offset and end <= window_end:
            return self._window[offset - self._window_at : end - self._window_at]
        reads_on = self._window_at <= offset <= window_end and bool(self._window)
        self._next_bytes = min(self._next_bytes * 2, _LARGEST_WINDOW_BYTES) if reads_on else _SMALLEST_WINDOW_BYTES
        self._window = await self._fetch(offset, max(length, self._next_bytes))
        self._window_at = offset
        if offset + len(self._window) < end:
            raise StoreUnavailable(f"the store ended a read of {self._request.source_key} early")
        return self._window[:length]

    @asynccontextmanager
    async def descriptor(self) -> AsyncIterator[None]:
        """None: it is not on this machine."""
        yield None

    @asynccontextmanager
    async def whole(self) -> AsyncIterator[Path]:
        """Raises ScratchFull, VideoCannotBeProcessed (above the budget), NotFound, Unavailable."""
        began = time.monotonic()
        async with self._copies.copy(self._request) as path:
            self.waited_s += time.monotonic() - began
            yield path

    async def _fetch(self, offset: int, length: int) -> bytes:
        began = time.monotonic()
        try:
            async with aclosing(self._store.read(self._request.source_key, offset, length)) as chunks:
                data = b"".join([chunk async for chunk in chunks])
        finally:
            self.waited_s += time.monotonic() - began
        self.requests += 1
        self.fetched_bytes += len(data)
        return data


class StoredSources:
    """Opens them, and tells how long their bytes were waited for."""

    def __init__(self, store: MinioObjectStore, copies: ScratchCopies, measures: PrometheusMeasures) -> None:
        self._store = store
        self._copies = copies
        self._measures = measures

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[StoredSource]:
        """Reads nothing yet."""
        source = StoredSource(self._store, self._copies, request)
        try:
            yield source
        finally:
            self._measures.stage_took("fetch", source.waited_s)
