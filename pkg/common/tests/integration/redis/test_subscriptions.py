"""Channels are heard, also after the connection broke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import pytest
from fiapx_common.redis import Subscriptions
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S, until
from redis.asyncio import Redis

PREFIX = f"test-{uuid4()}:"


@asynccontextmanager
async def running(redis: Redis, beat_s: float) -> AsyncIterator[Subscriptions]:
    made = Subscriptions(redis, PREFIX, beat_s=beat_s, retry_s=0.1)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.fixture
async def subscriptions(redis: Redis) -> AsyncIterator[Subscriptions]:
    """No slow answer looks to them like a broken connection."""
    async with running(redis, beat_s=PATIENCE_S) as made:
        yield made


@pytest.fixture
async def watchful(redis: Redis) -> AsyncIterator[Subscriptions]:
    """They soon see that a connection is silent."""
    async with running(redis, beat_s=0.3) as made:
        yield made


async def rung(event: asyncio.Event) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await event.wait()
    event.clear()


async def test_a_message_sets_the_events_of_its_channel_only(subscriptions: Subscriptions, direct: Redis) -> None:
    async with subscriptions.hearing("a") as first, subscriptions.hearing("a") as second:
        await rung(first)
        async with subscriptions.hearing("b") as other:
            await rung(other)
            second.clear()
            await direct.publish(f"{PREFIX}a", "")
            await rung(first)
            await rung(second)
            assert not other.is_set()


async def test_all_channels_are_heard_over_one_connection(subscriptions: Subscriptions, direct: Redis) -> None:
    async with subscriptions.hearing("a") as a, subscriptions.hearing("b") as b:
        await rung(a)
        await rung(b)
        names = {PREFIX + name for name in ("a", "b", "silence")}
        clients = [one for one in await direct.client_list(_type="pubsub") if int(one["sub"]) == len(names)]
        assert len(clients) == 1


async def test_a_channel_that_nobody_hears_is_left(subscriptions: Subscriptions, direct: Redis) -> None:
    async with subscriptions.hearing("left") as event:
        await rung(event)
        assert await direct.publish(f"{PREFIX}left", "") == 1

    async def nobody_listens() -> bool:
        return await direct.publish(f"{PREFIX}left", "") == 0

    await until(nobody_listens)


@pytest.mark.parametrize("fault", ["reset", "blackhole"])
async def test_after_a_gap_the_event_is_set_and_messages_are_heard_again(
    fault: str, watchful: Subscriptions, redis_gate: TcpProxy, direct: Redis
) -> None:
    async with watchful.hearing("gap") as event:
        await rung(event)
        before = watchful._pubsub
        getattr(redis_gate, fault)()

        async def replaced() -> bool:
            return watchful._pubsub is not before

        async def somebody_listens() -> bool:
            return await direct.publish(f"{PREFIX}gap", "") > 0

        await until(replaced)
        redis_gate.forward()
        await rung(event)
        await until(somebody_listens)
        await rung(event)


async def test_without_redis_nothing_is_heard_and_nothing_fails(
    subscriptions: Subscriptions, redis_gate: TcpProxy
) -> None:
    redis_gate.cut()
    async with subscriptions.hearing("a") as event:
        assert not event.is_set()
