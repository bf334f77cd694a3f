"""Event streams on the wire, over a real server: they begin at once, breathe, and leave nothing behind."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from api_gateway.controllers.answer_headers import HeadAsGet
from api_gateway.controllers.event_stream import EventStream, OpenStreams, StreamTimes
from api_gateway.entities.errors import GoingDown
from fiapx_common.http.server import http_server
from fiapx_testing.waiting import PATIENCE_S
from sse_starlette import ServerSentEvent
from starlette.types import Receive, Scope, Send


@dataclass
class Changes:
    """A source that tells one change and then waits until it is closed."""

    closed: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    size: int = 1

    async def tell(self) -> AsyncGenerator[str]:
        try:
            while True:
                yield "x" * self.size
                if self.size == 1:
                    await asyncio.Event().wait()
        finally:
            self.closed.set()


@dataclass(frozen=True)
class Served:
    """A server of one stream."""

    address: str
    changes: Changes
    streams: OpenStreams

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[str]]:
        """A client's lines."""
        async with (
            httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client,
            client.stream("GET", f"http://{self.address}/") as answer,
        ):
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            assert answer.headers["X-Accel-Buffering"] == "no"
            assert "Content-Encoding" not in answer.headers
            yield answer.aiter_lines()


@asynccontextmanager
async def served(times: StreamTimes, changes: Changes) -> AsyncIterator[Served]:
    streams = OpenStreams()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        source = changes.tell()
        first = await anext(source)

        async def events() -> AsyncGenerator[ServerSentEvent]:
            yield ServerSentEvent(first, event="video", id="7", sep="\n")
            async for one in source:
                yield ServerSentEvent(one, event="video", sep="\n")

        async def over() -> None:
            await changes.over.wait()

        await EventStream(events(), source, streams, times, over)(scope, receive, send)

    async with http_server(HeadAsGet(app), "127.0.0.1:0", drain_s=PATIENCE_S) as address:
        yield Served(address, changes, streams)


def quiet() -> StreamTimes:
    return StreamTimes(heartbeat_s=PATIENCE_S, stall_s=PATIENCE_S)


async def test_an_event_comes_at_once_and_is_followed_by_heartbeats() -> None:
    async with served(StreamTimes(heartbeat_s=0.05, stall_s=PATIENCE_S), Changes()) as server, server.open() as lines:
        told = [await anext(lines) for _ in range(7)]
    assert told == ["id: 7", "event: video", "data: x", "", ": still here", "", ": still here"]


async def test_the_source_is_closed_when_the_client_leaves() -> None:
    async with served(quiet(), Changes()) as server:
        async with server.open() as lines:
            await anext(lines)
        async with asyncio.timeout(PATIENCE_S):
            await server.changes.closed.wait()


async def test_a_client_that_takes_nothing_is_given_up() -> None:
    flood = Changes(size=1_000_000)
    async with served(StreamTimes(heartbeat_s=PATIENCE_S, stall_s=0.2), flood) as server, server.open():
        async with asyncio.timeout(PATIENCE_S):
            await flood.closed.wait()


async def test_streams_end_properly_when_the_process_stops_and_none_begins() -> None:
    async with served(quiet(), Changes()) as server, server.open() as lines:
        await anext(lines)
        server.streams.end()
        async with asyncio.timeout(PATIENCE_S):
            assert [line async for line in lines] == ["event: video", "data: x", ""]
        assert server.changes.closed.is_set()
        with pytest.raises(GoingDown):
            server.streams.admit()


async def test_a_stream_that_is_over_ends_properly() -> None:
    async with served(quiet(), Changes()) as server, server.open() as lines:
        await anext(lines)
        server.changes.over.set()
        async with asyncio.timeout(PATIENCE_S):
            assert [line async for line in lines] == ["event: video", "data: x", ""]
        await server.changes.closed.wait()


async def test_a_head_request_gets_the_headers_and_opens_no_stream() -> None:
    async with served(quiet(), Changes()) as server, httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as client:
        answer = await client.head(f"http://{server.address}/")
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/event-stream")
    assert server.changes.closed.is_set()
