"""A process tells that it lives, and hears whether operators want it drained."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from fiapx_common.errors import Unavailable

from processing_service.entities.process import Process
from processing_service.services.ports import UnitsOfWork

log = structlog.get_logger(__name__)
_FORGOTTEN_AFTER_S: Final = 24 * 3600.0


class Presence:
    """One row, which says so every so often. Draining is what SIGTERM does, only that the process stays."""

    def __init__(self, units: UnitsOfWork, process: Process, drain: Callable[[], Awaitable[None]]) -> None:
        """`drain` takes nothing new and returns when nothing is under way any more."""
        self._units = units
        self._process = process
        self._drain = drain
        self._looking = asyncio.Lock()
        self._draining: asyncio.Task[None] | None = None
        self._has_left = False

    async def look(self) -> None:
        """To be called every so often. Raises Unavailable."""
        async with self._looking:
            if self._has_left:
                return
            async with self._units.begin() as work:
                is_asked = await work.processes.seen(self._process, _FORGOTTEN_AFTER_S)
                if self._draining is not None and self._draining.done():
                    await work.processes.drained(self._process.holder)
                await work.commit()
            if is_asked and self._draining is None:
                self._draining = asyncio.create_task(self._drain_once(), name="draining")

    async def leave(self) -> None:
        """At the process's end."""
        async with self._looking:
            self._has_left = True
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.gather(self._draining, return_exceptions=True)
        try:
            async with self._units.begin() as work:
                await work.processes.left(self._process.holder)
                await work.commit()
        except Unavailable as error:
            # its row says nothing any more, and is forgotten some day
            log.warning("process.leave.untold", error=error.code)

    async def _drain_once(self) -> None:
        log.info("process.draining")
        await self._drain()
        log.info("process.drained")
