"""Sessions in Redis: nothing that has ended comes back."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from auth_service.repositories.session_cache import CacheTimes, RedisSessionCache
from auth_service.services.ports import Remembered
from fiapx_common.redis import Circuit
from redis.asyncio import Redis

Distant = Any  # conftest's
SESSION, USER = uuid4(), uuid4()
TIMES = CacheTimes(alive_s=60, ending_s=60, ended_s=60)


@pytest_asyncio.fixture(loop_scope="module")
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture
def cache(redis: Redis) -> RedisSessionCache:
    return RedisSessionCache(Circuit(redis, timeout_s=10), TIMES)


async def test_a_living_session_is_remembered_with_its_owner(cache: RedisSessionCache) -> None:
    await cache.keep_alive(SESSION, USER, 60)
    assert await cache.read(SESSION) == Remembered(USER)


async def test_a_session_is_not_remembered_for_longer_than_it_lives(cache: RedisSessionCache, redis: Redis) -> None:
    await cache.keep_alive(SESSION, USER, 5)
    assert 0 < await redis.pttl(f"auth:session:{SESSION}") <= 5000


async def test_a_reader_that_saw_it_alive_just_before_cannot_bring_it_back(cache: RedisSessionCache) -> None:
    await cache.ended([SESSION])
    await cache.keep_alive(SESSION, USER, 60)
    assert await cache.read(SESSION) == Remembered(None)


async def test_while_a_session_is_being_ended_nothing_is_known_of_it(cache: RedisSessionCache) -> None:
    await cache.keep_alive(SESSION, USER, 60)
    await cache.ending([SESSION])
    await cache.keep_alive(SESSION, USER, 60)
    assert await cache.read(SESSION) is None


async def test_an_end_that_redis_did_not_hear_of_is_said_again(distant: Distant, cache: RedisSessionCache) -> None:
    await cache.keep_alive(SESSION, USER, 60)
    distant.redis.cut()
    async with Redis.from_url(distant.settings.redis.url.get_secret_value()) as redis:
        cut_off = RedisSessionCache(Circuit(redis, timeout_s=10, rest_s=0), TIMES)
        await cut_off.ended([SESSION])
        assert await cache.read(SESSION) == Remembered(USER)
        distant.redis.forward()
        await cut_off.catch_up()
    assert await cache.read(SESSION) == Remembered(None)
