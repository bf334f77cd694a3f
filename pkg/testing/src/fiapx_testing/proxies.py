"""A TCP proxy that breaks connections in the ways that networks do."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_CHUNK_BYTES = 64 * 1024


@dataclass
class TcpProxy:
    """Stands before one server; faults concern old and new connections alike."""

    target_host: str
    target_port: int
    host: str = "127.0.0.1"
    port: int = 0
    accepted: int = 0
    """Connections so far, also those that were reset at once."""
    _delay_s: float = 0
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: asyncio.Event = field(default_factory=asyncio.Event)
    _refusing: bool = False
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def forward(self) -> None:
        """Pass everything on at once: the end of every fault."""
        self._delay_s = 0
        self._refusing = False
        self._open.set()
        self._answering.set()

    def delay(self, seconds: float) -> None:
        """Hold back every piece of data for a time."""
        self._delay_s = seconds

    def blackhole(self) -> None:
        """Swallow nothing, pass nothing on, say nothing: a partition. Data goes on after `forward`."""
        self._open.clear()

    def withhold(self) -> None:
        """Pass on what clients say, and nothing of what they are answered. Answers go on after `forward`."""
        self._answering.clear()

    def cut(self) -> None:
        """Reset every connection; new ones are accepted and reset, until `forward`."""
        self._refusing = True
        self.reset()

    def reset(self) -> None:
        """Reset every connection once; new ones work."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._writers.add(writer)
        try:
            if not self._refusing:
                await self._join(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._open.wait()
        far_reader, far_writer = await asyncio.open_connection(self.target_host, self.target_port)
        self._writers.add(far_writer)
        try:
            there = self._carry(reader, far_writer, self._open)
            back = self._carry(far_reader, writer, self._open, self._answering)
            await asyncio.gather(there, back)
        finally:
            self._writers.discard(far_writer)
            far_writer.transport.abort()

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *gates: asyncio.Event) -> None:
        while data := await source.read(_CHUNK_BYTES):
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            for gate in gates:
                await gate.wait()
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()


@asynccontextmanager
async def tcp_proxy(target_host: str, target_port: int) -> AsyncIterator[TcpProxy]:
    """A proxy that forwards, until it is told otherwise."""
    proxy = TcpProxy(target_host, target_port)
    proxy.forward()
    connections: set[asyncio.Task[None]] = set()

    def ended(task: asyncio.Task[None]) -> None:
        connections.discard(task)
        if not task.cancelled() and not isinstance(task.exception(), OSError | None):
            task.result()  # a broken connection is what a proxy is for, all else is an error of ours

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(proxy.serve(reader, writer))
        connections.add(task)
        task.add_done_callback(ended)

    server = await asyncio.start_server(accept, proxy.host, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await server.wait_closed()


OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]
"""Puts a proxy before a server; called with the server's host and port."""


@asynccontextmanager
async def tcp_proxies() -> AsyncIterator[OpenProxy]:
    """As many proxies as are asked for."""
    async with AsyncExitStack() as proxies:

        async def open_proxy(host: str, port: int) -> TcpProxy:
            return await proxies.enter_async_context(tcp_proxy(host, port))

        yield open_proxy


async def redis_proxy(url: str, proxy: OpenProxy) -> TcpProxy:
    """A proxy before the Redis of an address."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    return await proxy(address.hostname, address.port)
