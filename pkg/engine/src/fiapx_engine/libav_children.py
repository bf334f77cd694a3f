"""Where decoder children come from: each serves one source, and one more may wait with all its imports done."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Literal

from fiapx_engine.child import ProcessLimits
from fiapx_engine.errors import DecoderUnavailable
from fiapx_engine.libav_child import LibavChild, libav_child
from fiapx_engine.source_bytes import SourceBytes

ChildPolicy = Literal["fresh", "warm", "kept"]
"""When children are started: when one is needed; `warm`, for a service: one always waits, so that short videos need
not; `kept`, for one video in one process: who probed a source is the first to extract from it, so one start is saved.
"""
_Started = tuple[AsyncExitStack, LibavChild]


class LibavChildren:
    """Belongs to one event loop."""

    def __init__(self, limits: ProcessLimits, policy: ChildPolicy) -> None:
        self._limits = limits
        self._policy = policy
        self._spare: asyncio.Task[_Started] | None = None
        self._kept: tuple[SourceBytes, _Started] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def reading(self, source: SourceBytes, wall_s: float, *, last: bool = True) -> AsyncIterator[LibavChild]:
        """A child that was handed the source, and so many seconds of our waiting; it is gone when the block ends.

        Where children are kept, and this is not the `last` block: the next one with this very source gets it.

        Raises:
            DecoderUnavailable: it cannot be started.
        """
        stack, child = await self._handed(source, wall_s)
        async with stack:
            yield child
            if self._policy == "kept" and not last:
                await self._end_kept()
                self._kept = source, (stack.pop_all(), child)

    def warm_up(self) -> None:
        """Starts the next one, where one shall wait and none does."""
        if self._policy == "warm" and self._spare is None:
            self._spare = asyncio.create_task(self._start(), name="warm decoder child")

    async def close(self) -> None:
        """Ends the ones that wait."""
        await self._end_kept()
        spare, self._spare = self._spare, None
        if spare is not None:
            with suppress(DecoderUnavailable):
                stack, _ = await spare
                await stack.aclose()

    async def _handed(self, source: SourceBytes, wall_s: float) -> _Started:
        if self._kept is not None and self._kept[0] is source:
            (_, started), self._kept = self._kept, None
            started[1].allow(wall_s)
            return started
        stack, child = await self._taken()
        self.warm_up()
        async with AsyncExitStack() as failing:
            failing.push_async_callback(stack.aclose)
            await stack.enter_async_context(child.reading(source, wall_s))
            failing.pop_all()
        return stack, child

    async def _end_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            await kept[1][0].aclose()

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
