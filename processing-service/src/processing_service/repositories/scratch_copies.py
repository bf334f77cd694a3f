"""Local copies of sources, since ffmpeg cannot seek in a pipe: one per video, within a budget, removed after use.

Reads `sources/*` in the store. Writes only into this process's scratch folder.
"""

import asyncio
import errno
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from fiapx_common.errors import FiapxError
from fiapx_common.object_store import MinioObjectStore
from fiapx_models.failures import FailureCode

from processing_service.entities.errors import ScratchFull, VideoCannotBeProcessed
from processing_service.entities.job import Request
from processing_service.repositories.measures import SCRATCH, SCRATCH_BUDGET

log = structlog.get_logger(__name__)
_CHUNK_BYTES: Final = 4 << 20


@dataclass
class _Copy:
    path: Path
    size_bytes: int
    loading: asyncio.Task[None]
    users: int = 0
    used_at: float = 0.0


class ScratchCopies:
    """Copies in `folder`, together at most `budget_bytes`; one that nobody used for `idle_s` is removed."""

    def __init__(self, store: MinioObjectStore, folder: Path, budget_bytes: int, idle_s: float) -> None:
        self._store = store
        self._folder = folder
        self._budget_bytes = budget_bytes
        self._idle_s = idle_s
        self._copies: dict[str, _Copy] = {}
        SCRATCH.set_function(self._taken_bytes)
        SCRATCH_BUDGET.set(budget_bytes)

    @asynccontextmanager
    async def copy(self, request: Request) -> AsyncIterator[Path]:
        """The file; whoever asks while it is being fetched waits for the same copy."""
        copy = self._copies.get(request.source_key) or self._begin(request)
        copy.users += 1
        try:
            await asyncio.shield(copy.loading)
            yield copy.path
        finally:
            copy.users -= 1
            copy.used_at = time.monotonic()
            if copy.users == 0 and not _is_whole(copy):
                await self._remove(request.source_key, copy)

    async def keep_tidy(self) -> None:
        """Removes copies that nobody needs, for ever."""
        while True:
            await asyncio.sleep(self._idle_s / 4)
            oldest = time.monotonic() - self._idle_s
            for key, copy in list(self._copies.items()):
                if copy.users == 0 and copy.used_at < oldest:
                    await self._remove(key, copy)

    async def close(self) -> None:
        """Removes all copies."""
        for key, copy in list(self._copies.items()):
            await self._remove(key, copy)

    def _begin(self, request: Request) -> _Copy:
        self._make_room(request.size_bytes)
        path = self._folder / f"{request.key.video_id.hex}-{request.key.attempt}-{time.monotonic_ns()}"
        loading = asyncio.create_task(self._load(request.source_key, path), name=f"fetch {request.source_key}")
        # its error is told to those who wait; without this it would be told again when nobody does any more
        loading.add_done_callback(lambda task: task.cancelled() or task.exception())
        copy = _Copy(path, request.size_bytes, loading)
        self._copies[request.source_key] = copy
        return copy

    def _make_room(self, size_bytes: int) -> None:
        """Drops idle copies, the longest unused first, until `size_bytes` more fit."""
        if size_bytes > self._budget_bytes:
            raise VideoCannotBeProcessed(FailureCode.STORAGE, f"{size_bytes} bytes are above the scratch budget")
        idle = sorted((copy.used_at, key) for key, copy in self._copies.items() if copy.users == 0)
        while self._taken_bytes() + size_bytes > self._budget_bytes:
            if not idle:
                raise ScratchFull
            _, key = idle.pop(0)
            self._copies.pop(key).path.unlink(missing_ok=True)

    def _taken_bytes(self) -> int:
        return sum(copy.size_bytes for copy in self._copies.values())

    async def _load(self, key: str, path: Path) -> None:
        try:
            with _created(path) as file:
                async with aclosing(self._store.read(key, chunk_bytes=_CHUNK_BYTES)) as chunks:
                    async for chunk in chunks:
                        await asyncio.to_thread(file.write, chunk)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise ScratchFull from error
            raise

    async def _remove(self, key: str, copy: _Copy) -> None:
        if self._copies.get(key) is copy:
            del self._copies[key]
        copy.loading.cancel()
        with suppress(asyncio.CancelledError, FiapxError, OSError):
            await copy.loading
        copy.path.unlink(missing_ok=True)


def _is_whole(copy: _Copy) -> bool:
    task = copy.loading
    return task.done() and not task.cancelled() and task.exception() is None


def _created(path: Path) -> BinaryIO:
    # not in a thread: a cancel while it runs would leave the file open
    return path.open("wb")
