"""Server-Sent Events that end at once when the process stops, and leave nothing open behind them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Message, Receive, Scope, Send

from api_gateway.controllers.answer_headers import asks_for_headers_only
from api_gateway.controllers.measuring import OPEN_STREAMS
from api_gateway.entities.errors import GoingDown

Over = Callable[[], Awaitable[None]]
"""Returns once a stream is nobody's any more."""
_LAST_WORD_S: Final = 1.0


@dataclass(frozen=True)
class StreamTimes:
    """In seconds."""

    heartbeat_s: float
    """Between two comments, so that neither side takes silence for a broken connection."""
    stall_s: float
    """How long a client may take nothing."""


class OpenStreams:
    """All streams of this process."""

    def __init__(self) -> None:
        self._limits: set[asyncio.Timeout] = set()
        self._ended = False

    def end(self) -> None:
        """Ends each of them now; clients come again with the id of their last event."""
        self._ended = True
        for limit in self._limits:
            _end(limit)

    def admit(self) -> None:
        """Raises GoingDown where a stream would end at once."""
        if self._ended:
            raise GoingDown

    @asynccontextmanager
    async def one(self, over: Over) -> AsyncIterator[None]:
        """Raises TimeoutError in the block when streams are to end, or this one is over."""
        async with asyncio.timeout(None) as limit:
            self._limits.add(limit)
            watching = asyncio.create_task(_end_after(over, limit))
            try:
                with OPEN_STREAMS.track_inprogress():
                    yield
            finally:
                self._limits.discard(limit)
                watching.cancel()


class EventStream(EventSourceResponse):
    """Sends events as they come. They and their source are closed in the end, however that comes."""

    def __init__(
        self,
        events: AsyncGenerator[ServerSentEvent],
        source: AsyncGenerator[Any],
        streams: OpenStreams,
        times: StreamTimes,
        over: Over,
    ) -> None:
        super().__init__(
            events, ping=times.heartbeat_s, ping_message_factory=_heartbeat, send_timeout=times.stall_s, sep="\n"
        )
        self._events = events
        self._source = source
        self._streams = streams
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        under_way = False

        async def watched(message: Message) -> None:
            nonlocal under_way
            await send(message)
            under_way = message["type"] == "http.response.start" or bool(message.get("more_body"))

        async with aclosing(self._source), aclosing(self._events):
            try:
                async with self._streams.one(self._over):
                    method = "HEAD" if asks_for_headers_only(scope) else scope["method"]
                    await super().__call__({**scope, "method": method}, receive, watched)
            except TimeoutError:
                if under_way:
                    # Whoever takes nothing at all gets no last word either.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_LAST_WORD_S):
                            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _end_after(over: Over, limit: asyncio.Timeout) -> None:
    await over()
    _end(limit)


def _end(limit: asyncio.Timeout) -> None:
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="still here", sep="\n")
