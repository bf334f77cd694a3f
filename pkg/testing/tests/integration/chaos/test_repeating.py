import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractChannel
from fiapx_common.messaging.topology import EVENTS, RETRY_WAITS_S, TASKS, dead_queue, declare_queue, retry_queue
from fiapx_local.servers import RabbitMQ
from fiapx_local.servers.rabbitmq import ADMIN, VHOST
from fiapx_local.stack import Stack
from fiapx_testing.chaos.faults.repeating import Repeated
from fiapx_testing.chaos.schedule import Fault, Strike
from fiapx_testing.test_run import TestRun

TIMEOUT_S = 30.0
EVENT = "chaos-test.happened.v1"


@asynccontextmanager
async def channel_of(stack: Stack) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(RabbitMQ(stack.settings).url(), timeout=TIMEOUT_S)
    async with connection, connection.channel() as channel:
        yield channel


async def declare(stack: Stack, queue: str) -> None:
    async with channel_of(stack) as channel:
        await declare_queue(channel, queue, [EVENT], TIMEOUT_S)


async def delete(stack: Stack, queue: str) -> None:
    async with channel_of(stack) as channel:
        for name in (queue, dead_queue(queue), *(retry_queue(queue, wait_s) for wait_s in RETRY_WAITS_S)):
            await channel.queue_delete(name, timeout=TIMEOUT_S)


async def publish(stack: Stack, exchange: str, routing_key: str, *ids: str) -> None:
    async with channel_of(stack) as channel:
        target = await channel.get_exchange(exchange, ensure=False)
        for message_id in ids:
            message = aio_pika.Message(message_id.encode(), message_id=message_id, headers={"traceparent": "00"})
            await target.publish(message, routing_key, timeout=TIMEOUT_S)


async def taken(stack: Stack, queue: str) -> list[tuple[str | None, bytes]]:
    """Ids and bodies of all that waits there."""
    found = []
    async with channel_of(stack) as channel:
        source = await channel.get_queue(queue, ensure=False)
        while (message := await source.get(no_ack=True, fail=False, timeout=TIMEOUT_S)) is not None:
            assert message.headers["traceparent"] == "00"
            found.append((message.message_id, message.body))
    return found


def queue_names(stack: Stack) -> set[str]:
    server = RabbitMQ(stack.settings)
    address, login = f"{server.management_url}/api/queues/{VHOST}", (ADMIN, server.password())
    answer = httpx.get(address, auth=login, params={"disable_stats": "true"}, timeout=TIMEOUT_S)
    return {queue["name"] for queue in answer.raise_for_status().json()}


@pytest.fixture
def stack() -> Stack:
    return TestRun.current().local_stack()


@pytest.fixture
def queue(stack: Stack) -> Iterator[str]:
    """One of the topology's, which nobody reads."""
    name = f"chaos-test.{secrets.token_hex(6)}"
    asyncio.run(declare(stack, name))
    yield name
    asyncio.run(delete(stack, name))


def test_what_a_queue_has_got_comes_twice_more_and_no_copy_is_copied(stack: Stack, queue: str) -> None:
    strike = Strike(0.0, Fault.REPEAT, queue, 0.0)
    with Repeated.recording(stack) as repeated:
        assert queue in repeated.targets()
        asyncio.run(publish(stack, EVENTS, EVENT, "a", "b"))
        asyncio.run(publish(stack, TASKS, queue, "c"))
        assert asyncio.run(taken(stack, queue)) == [("a", b"a"), ("b", b"b"), ("c", b"c")]

        is_handled = repeated.strike(strike)
        assert not is_handled()
        again = asyncio.run(taken(stack, queue))
        assert Counter(again) == {("a", b"a"): 2, ("b", b"b"): 2, ("c", b"c"): 2}
        assert is_handled()

        repeated.strike(strike)
        assert asyncio.run(taken(stack, queue)) == []


def test_of_the_record_nothing_is_left(stack: Stack, queue: str) -> None:
    with Repeated.recording(stack):
        assert f"chaos.{queue}" in queue_names(stack)

    assert f"chaos.{queue}" not in queue_names(stack)
