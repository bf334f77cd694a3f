"""Grids of images behind the service's port: ffmpeg in child processes, only a few at once.

Needs `ffmpeg`, `prlimit` and `setpriv` on PATH. Writes nothing; a child dies with this process.
"""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import PurePath

from fiapx_engine.image_grids import ImageGrid, image_grid

from processing_service.repositories.child_spans import child_span
from processing_service.repositories.decoder_child import errors_told
from processing_service.repositories.thumbnail_child import image_limits


class GridChild:
    """Places of its own: whoever looks at single frames does not wait for somebody's overview."""

    def __init__(self, program: str, at_once: int, timeout_s: float) -> None:
        self._program = program
        self._name = PurePath(program).name
        self._places = asyncio.Semaphore(at_once)
        self._limits = image_limits(timeout_s)

    async def make(self, images: AsyncGenerator[bytes, None], wanted: ImageGrid) -> bytes:
        async with self._places:
            with errors_told(), child_span(self._name, {"process.executable.name": self._name}):
                return await image_grid(self._program, images, wanted, self._limits)
