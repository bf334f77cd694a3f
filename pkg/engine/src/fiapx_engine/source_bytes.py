"""The port through which an engine gets a video's bytes."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol


class SourceBytes(Protocol):
    """One video, wherever it lies. Errors of its own pass through the engine unchanged."""

    @property
    def size_bytes(self) -> int: ...

    async def read(self, offset: int, length: int) -> bytes:
        """These bytes, fewer only at the end."""
        ...

    def descriptor(self) -> AbstractAsyncContextManager[int | None]:
        """An open descriptor of the whole, where it is a local file; such a one is read without asking us."""
        ...

    def whole(self) -> AbstractAsyncContextManager[Path]:
        """A local file, for tools that must seek in it."""
        ...


class LocalFile:
    """A file on this machine; its path is told to programs that run in another folder."""

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()

    @property
    def size_bytes(self) -> int:
        return self._path.stat().st_size

    async def read(self, offset: int, length: int) -> bytes:
        async with self.descriptor() as descriptor:
            return await asyncio.to_thread(os.pread, descriptor, length, offset)

    @asynccontextmanager
    async def descriptor(self) -> AsyncIterator[int]:
        opened = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield opened
        finally:
            os.close(opened)

    @asynccontextmanager
    async def whole(self) -> AsyncIterator[Path]:
        yield self._path
