"""Thumbnails behind the service's port: ffmpeg in child processes, only a few at once.

Needs `ffmpeg`, `prlimit` and `setpriv` on PATH. Writes nothing; a child dies with this process.
"""

import asyncio
from collections.abc import AsyncGenerator
from math import ceil
from pathlib import PurePath
from typing import Final

from fiapx_engine.child import ProcessLimits
from fiapx_engine.media import MediaLimits
from fiapx_engine.thumbnails import Thumbnail, thumbnail

from processing_service.repositories.child_spans import child_span
from processing_service.repositories.decoder_child import errors_told

_MEMORY_BYTES: Final = 1 << 30
"""Of address space, which holds the program's libraries too."""
_MEMORY_BYTES_PER_PIXEL: Final = 100


class ThumbnailChild:
    """Whoever comes when all places are taken waits for one, as long as its own deadline lets it."""

    def __init__(self, program: str, at_once: int, timeout_s: float) -> None:
        self._program = program
        self._name = PurePath(program).name
        self._places = asyncio.Semaphore(at_once)
        self._limits = image_limits(timeout_s)

    async def make(self, image: AsyncGenerator[bytes, None], wanted: Thumbnail) -> bytes:
        async with self._places:
            with errors_told(), child_span(self._name, {"process.executable.name": self._name}):
                return await thumbnail(self._program, image, wanted, self._limits)


def image_limits(timeout_s: float) -> ProcessLimits:
    """What a child may use that looks at one image at a time, as large as any video's."""
    memory_bytes = _MEMORY_BYTES + _MEMORY_BYTES_PER_PIXEL * MediaLimits().pixels
    return ProcessLimits(wall_s=timeout_s, cpu_s=ceil(timeout_s), memory_bytes=memory_bytes)
