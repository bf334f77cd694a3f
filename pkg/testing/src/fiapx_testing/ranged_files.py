"""A file that an engine reads as it reads a store: by ranges."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fiapx_engine.source_bytes import LocalFile


class RangedFile(LocalFile):
    """Gives no descriptor, and counts the bytes that are asked for."""

    read_bytes = 0

    async def read(self, offset: int, length: int) -> bytes:
        async with super().descriptor() as descriptor:
            data = os.pread(descriptor, length, offset)
        self.read_bytes += len(data)
        return data

    @asynccontextmanager
    async def descriptor(self) -> AsyncIterator[Any]:
        yield None
