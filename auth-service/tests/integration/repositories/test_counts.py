"""What throttling relies on in every counter: one class, inherited once per store."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from auth_service.repositories.counts import FallbackCounts, PostgresCounts, RedisCounts
from auth_service.services.ports import Counts
from fiapx_common.errors import Unavailable
from fiapx_common.redis import Circuit
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Distant = Any  # conftest's


def redis_counts(redis: Redis, rest_s: float = 2.0) -> RedisCounts:
    return RedisCounts(Circuit(redis, timeout_s=10, rest_s=rest_s))


class CountsContract:
    """Subclasses give `counts`."""

    async def test_what_never_happened_counts_nothing(self, counts: Counts) -> None:
        assert (await counts.read("a")).count == 0

    async def test_each_time_is_counted(self, counts: Counts) -> None:
        assert [(await counts.add("a", 60)).count for _ in range(3)] == [1, 2, 3]
        assert (await counts.read("a")).count == 3

    async def test_keys_are_counted_apart(self, counts: Counts) -> None:
        await counts.add("a", 60)
        assert (await counts.read("b")).count == 0

    async def test_a_window_begins_with_the_first_time(self, counts: Counts) -> None:
        first = await counts.add("a", 60)
        await asyncio.sleep(0.1)
        later = await counts.add("a", 600)
        assert 50 < later.resets_in_s < first.resets_in_s <= 60
        assert 50 < (await counts.read("a")).resets_in_s < first.resets_in_s

    async def test_after_its_window_counting_begins_anew(self, counts: Counts) -> None:
        for _ in range(3):
            await counts.add("a", 1)
        await asyncio.sleep(1.1)
        assert (await counts.read("a")).count == 0
        assert (await counts.add("a", 60)).count == 1

    async def test_what_was_cleared_has_never_happened(self, counts: Counts) -> None:
        await counts.add("a", 60)
        await counts.add("b", 60)
        await counts.clear("a")
        assert [(await counts.read(key)).count for key in ("a", "b")] == [0, 1]

    async def test_none_of_many_at_once_is_lost(self, counts: Counts) -> None:
        found = await asyncio.gather(*(counts.add("a", 60) for _ in range(50)))
        assert sorted(each.count for each in found) == list(range(1, 51))


class TestRedisCounts(CountsContract):
    """In Redis."""

    @pytest_asyncio.fixture(loop_scope="module")
    async def counts(self, redis_url: str) -> AsyncIterator[Counts]:
        async with Redis.from_url(redis_url) as redis:
            yield redis_counts(redis)


class TestPostgresCounts(CountsContract):
    """In PostgreSQL."""

    @pytest.fixture
    def counts(self, engine: AsyncEngine) -> Counts:
        return PostgresCounts(engine)


class TestFallbackCounts(CountsContract):
    """While Redis is there."""

    @pytest_asyncio.fixture(loop_scope="module")
    async def counts(self, redis_url: str, engine: AsyncEngine) -> AsyncIterator[Counts]:
        async with Redis.from_url(redis_url) as redis:
            yield FallbackCounts(redis_counts(redis), PostgresCounts(engine))


class TestFallbackCountsWithoutRedis(CountsContract):
    """While Redis is away."""

    @pytest_asyncio.fixture(loop_scope="module")
    async def counts(self, distant: Distant, engine: AsyncEngine) -> AsyncIterator[Counts]:
        distant.redis.cut()
        async with Redis.from_url(distant.settings.redis.url.get_secret_value()) as redis:
            yield FallbackCounts(redis_counts(redis), PostgresCounts(engine))


async def test_redis_that_says_nothing_is_unavailable(distant: Distant) -> None:
    distant.redis.blackhole()
    url = distant.settings.redis.url.get_secret_value()
    async with Redis.from_url(url, socket_timeout=0.2, socket_connect_timeout=0.2) as redis:
        for asked in (redis_counts(redis).add("a", 60), redis_counts(redis).read("a")):
            with pytest.raises(Unavailable):
                await asked


async def test_redis_that_comes_back_counts_again(distant: Distant, engine: AsyncEngine) -> None:
    distant.redis.cut()
    url = distant.settings.redis.url.get_secret_value()
    async with Redis.from_url(url) as redis:
        counts = FallbackCounts(redis_counts(redis, rest_s=0.2), PostgresCounts(engine))
        await counts.read("a")
        distant.redis.forward()
        await asyncio.sleep(0.3)
        await counts.add("a", 60)
        assert (await redis_counts(redis).read("a")).count == 1


async def test_windows_that_are_over_are_forgotten(engine: AsyncEngine) -> None:
    counts = PostgresCounts(engine)
    await counts.add("old", 0)
    await counts.add("new", 60)
    await counts.forget()
    async with engine.connect() as connection:
        assert (await connection.scalars(text("SELECT key FROM throttle_counts"))).all() == ["new"]
