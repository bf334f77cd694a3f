"""Where decoder children come from: each serves one source, and one more may wait with all its imports done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from fiapx_engine.child import ProcessLimits
from fiapx_engine.errors import DecoderUnavailable
from fiapx_engine.libav_child import LibavChild, libav_child

_Started = tuple[AsyncExitStack, LibavChild]


class LibavChildren:
    """`warm`: as soon as a child is taken, the next one is started, so that short videos need not wait for it."""

    def __init__(self, limits: ProcessLimits, *, warm: bool) -> None:
        self._limits = limits
        self._warm = warm
        self._spare: asyncio.Task[_Started] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def child(self) -> AsyncIterator[LibavChild]:
        """One child, which is gone when the block ends.

        Raises:
            DecoderUnavailable: it cannot be started.
        """
        stack, child = await self._taken()
        if self._warm:
            self.warm_up()
        async with stack:
            yield child

    def warm_up(self) -> None:
        """Starts the next one, unless it waits already."""
        if self._spare is None:
            self._spare = asyncio.create_task(self._start(), name="warm decoder child")

    async def close(self) -> None:
        """Ends the one that waits."""
        self._warm = False
        spare, self._spare = self._spare, None
        if spare is not None:
            with suppress(DecoderUnavailable):
                stack, _ = await spare
                await stack.aclose()

    async def _taken(self) -> _Started:
        spare, self._spare = self._spare, None
        if spare is not None:
            try:
                stack, child = await asyncio.shield(spare)
            except asyncio.CancelledError:
                spare.add_done_callback(self._end_later)
                raise
            except DecoderUnavailable:
                return await self._start()
            if child.alive:
                return stack, child
            await stack.aclose()
        return await self._start()

    def _end_later(self, started: asyncio.Task[_Started]) -> None:
        """Of a child that nobody waits for any more."""
        if not started.cancelled() and started.exception() is None:
            ending = asyncio.create_task(started.result()[0].aclose())
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def _start(self) -> _Started:
        stack = AsyncExitStack()
        return stack, await stack.enter_async_context(libav_child(self._limits))
