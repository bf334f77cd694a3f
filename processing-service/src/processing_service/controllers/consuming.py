"""The queues of one process, all together."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from fiapx_common.messaging import Consumer


class Consuming:
    """All begin at once, and stop so too: none may take anything new while another drains."""

    def __init__(self, consumers: Sequence[Consumer], stopping: asyncio.Event) -> None:
        """`stopping` tells work under way that it should end soon, or be handed back."""
        self._consumers = consumers
        self._stopping = stopping

    async def drain(self) -> None:
        """Takes nothing new; returns when what was under way has ended or was handed back. May be called again."""
        self._stopping.set()
        await asyncio.gather(*(consumer.stop() for consumer in self._consumers))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Self]:
        await asyncio.gather(*(consumer.start() for consumer in self._consumers))
        try:
            yield self
        finally:
            await self.drain()
