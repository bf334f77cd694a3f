"""Messages that come again, out of order and long after their time."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, Self

import aio_pika
import httpx
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, DeliveryMode
from fiapx_common.messaging.topology import EVENTS, TASKS
from fiapx_local.servers import RabbitMQ, rabbitmq
from fiapx_local.servers.rabbitmq import VHOST
from fiapx_local.stack import Stack

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike

_TIMEOUT_S: Final = 30.0
_TIMES: Final = 2
_COPY: Final = "fiapx-chaos-copy"
"""A header of what we sent."""

Bindings = Mapping[str, set[tuple[str, str]]]
"""By queue: the exchanges and routing keys from which it gets messages."""


@dataclass(frozen=True)
class Repeated:
    """All that a queue ever got is sent to it twice more, shuffled.

    A queue of our own beside each of theirs, bound in the same way, keeps what comes.
    """

    stack: Stack
    queues: Sequence[str]

    @classmethod
    @contextmanager
    def recording(cls, stack: Stack) -> Iterator[Self]:
        """From now on; nothing of ours is left after the block."""
        bindings = _bindings(stack)
        asyncio.run(_declare(stack, bindings))
        try:
            yield cls(stack, sorted(bindings))
        finally:
            asyncio.run(_delete(stack, bindings))

    def targets(self) -> Sequence[str]:
        return self.queues

    def strike(self, strike: Strike) -> Healed:
        asyncio.run(self._repeat(strike.target))
        return lambda: asyncio.run(self._waiting(strike.target)) == 0

    async def _repeat(self, queue: str) -> None:
        async with _channel(self.stack) as channel:
            record = await channel.get_queue(_record(queue), ensure=False)
            found = []
            while (message := await record.get(no_ack=True, fail=False, timeout=_TIMEOUT_S)) is not None:
                if _COPY not in message.headers:
                    found.append(_copy(message))
            again = found * _TIMES
            random.shuffle(again)
            exchange = await channel.get_exchange(TASKS, ensure=False)
            for copy in again:
                await exchange.publish(copy, queue, timeout=_TIMEOUT_S)

    async def _waiting(self, queue: str) -> int:
        async with _channel(self.stack) as channel:
            told = await channel.declare_queue(queue, passive=True, timeout=_TIMEOUT_S)
            return told.declaration_result.message_count or 0


def _record(queue: str) -> str:
    return f"chaos.{queue}"


def _copy(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers={**message.headers, _COPY: "yes"},
        message_id=message.message_id,
        type=message.type,
        timestamp=message.timestamp,
        app_id=message.app_id,
        content_type=message.content_type,
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def _bindings(stack: Stack) -> Bindings:
    """Of each queue that a service reads."""
    server = RabbitMQ(stack.settings)
    answer = httpx.get(
        f"{server.management_url}/api/bindings/{VHOST}", auth=(rabbitmq.ADMIN, server.password()), timeout=_TIMEOUT_S
    )
    found = defaultdict[str, set[tuple[str, str]]](set)
    for one in answer.raise_for_status().json():
        if one["source"] in (EVENTS, TASKS) and ".retry." not in one["destination"]:
            found[one["destination"]].add((one["source"], one["routing_key"]))
    return found


async def _declare(stack: Stack, bindings: Bindings) -> None:
    async with _channel(stack) as channel:
        for queue, sources in bindings.items():
            record = await channel.declare_queue(_record(queue), durable=True, timeout=_TIMEOUT_S)
            for exchange, routing_key in sources:
                await record.bind(exchange, routing_key, timeout=_TIMEOUT_S)


async def _delete(stack: Stack, queues: Iterable[str]) -> None:
    async with _channel(stack) as channel:
        for queue in queues:
            await channel.queue_delete(_record(queue), timeout=_TIMEOUT_S)


@asynccontextmanager
async def _channel(stack: Stack) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(RabbitMQ(stack.settings).url(), timeout=_TIMEOUT_S)
    async with connection, connection.channel() as channel:
        yield channel
