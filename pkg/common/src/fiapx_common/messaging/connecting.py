"""Connections to RabbitMQ, opened when needed and again when lost.

aio-pika's robust connection is not used: it restores what it remembers behind our back; here whoever needs a channel
asks for one, and declares and consumes again by itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Final

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity

from fiapx_common.errors import Unavailable
from fiapx_common.settings import BrokerSettings

# RuntimeError is what aiormq raises for a connection or channel that was closed a moment ago
BROKER_FAILURES: Final = (AMQPError, OSError, TimeoutError, RuntimeError)
_CLOSING_S: Final = 1.0
# aiormq gives up after 3 x (heartbeat + 1) seconds of silence, our settings promise 2 x heartbeat
_SILENCE_FACTOR: Final = 3


class Purpose(StrEnum):
    """One connection for each: under an alarm the broker stops reading from publishers, and acks must still pass."""

    PUBLISHING = "publishing"
    CONSUMING = "consuming"


class BrokerConnection:
    """RabbitMQ as one service sees it."""

    def __init__(self, settings: BrokerSettings, name: str) -> None:
        self.name = name
        self.timeout_s = settings.timeout_s
        self._url = settings.url
        self._heartbeat_s = max(1, 2 * settings.heartbeat_s // _SILENCE_FACTOR - 1)
        self._open: dict[Purpose, AbstractConnection] = {}
        self._locks = {purpose: asyncio.Lock() for purpose in Purpose}

    async def channel(self, purpose: Purpose) -> AbstractChannel:
        """A fresh channel; connects first when there is no live connection.

        Raises:
            Unavailable: no broker, no answer in time, or not let in.
        """
        try:
            async with asyncio.timeout(self.timeout_s):
                connection = await self._live(purpose)
                publishes = purpose is Purpose.PUBLISHING
                channel = connection.channel(publisher_confirms=publishes, on_return_raises=publishes)
                await channel.initialize()
                return channel
        except BROKER_FAILURES as error:
            raise Unavailable("broker_unavailable", f"RabbitMQ does not answer ({type(error).__name__}).") from error

    async def check(self) -> None:
        """A readiness check. Raises Unavailable; also under a memory or disk alarm, when no message is taken."""
        channel = await self.channel(Purpose.PUBLISHING)
        with suppress(*BROKER_FAILURES):
            await asyncio.wait_for(channel.close(), self.timeout_s)

    async def consumer_count(self, queue: str) -> int:
        """How many consume from a queue now; 0 where it was never declared. Raises Unavailable."""
        channel = await self.channel(Purpose.CONSUMING)
        try:
            declared = await channel.declare_queue(queue, passive=True, timeout=self.timeout_s)
        except ChannelNotFoundEntity:
            return 0
        except BROKER_FAILURES as error:
            raise Unavailable("broker_unavailable", f"RabbitMQ does not answer ({type(error).__name__}).") from error
        else:
            return declared.declaration_result.consumer_count or 0
        finally:
            with suppress(*BROKER_FAILURES):
                await asyncio.wait_for(channel.close(), self.timeout_s)

    async def close(self) -> None:
        for connection in self._open.values():
            await _close(connection)
        self._open.clear()

    async def _live(self, purpose: Purpose) -> AbstractConnection:
        async with self._locks[purpose]:
            connection = self._open.get(purpose)
            if connection is not None:
                if _is_live(connection):
                    return connection
                del self._open[purpose]
                await _close(connection)
            connection = await aio_pika.connect(
                self._url.get_secret_value(),
                timeout=self.timeout_s,
                heartbeat=self._heartbeat_s,
                client_properties={"connection_name": f"{self.name} {purpose}"},
            )
            self._open[purpose] = connection
            return connection


@asynccontextmanager
async def connect(settings: BrokerSettings, name: str) -> AsyncIterator[BrokerConnection]:
    """A broker that is down does not keep a service from starting: readiness tells, and reconnecting goes on."""
    connection = BrokerConnection(settings, name)
    try:
        yield connection
    finally:
        await connection.close()


def _is_live(connection: AbstractConnection) -> bool:
    transport = connection.transport
    return transport is not None and not transport.connection.is_closed


async def _close(connection: AbstractConnection) -> None:
    with suppress(*BROKER_FAILURES):
        await asyncio.wait_for(connection.close(), _CLOSING_S)
