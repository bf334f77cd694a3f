"""When a loop that works off a queue goes on, and when it ends."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Waking:
    """Woken when there may be work, stopped when the service stops; whoever stops it waits until the loop has ended."""

    def __init__(self, drain_s: float) -> None:
        """`drain_s`: how long `stop` waits for what is under way."""
        self._drain_s = drain_s
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def stopping(self) -> bool:
        """Nothing new is to be taken."""
        return self._stopping.is_set()

    def wake(self) -> None:
        """There may be work."""
        self._awake.set()

    def look(self) -> None:
        """The loop looks at its queue now: what wakes it from here on is news."""
        self._awake.clear()

    async def rest(self, seconds: float, *, deaf: bool = False) -> None:
        """Until there may be work, for that long at most; `deaf`: woken by `stop` alone."""
        waker = self._stopping if deaf or self.stopping else self._awake
        with suppress(TimeoutError):
            await asyncio.wait_for(waker.wait(), seconds)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Around the loop, with all that it has under way."""
        self._idle.clear()
        try:
            yield
        finally:
            self._idle.set()

    async def stop(self) -> None:
        """Takes no more; what is under way gets its time."""
        self._stopping.set()
        self._awake.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), self._drain_s)
