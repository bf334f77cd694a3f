"""The newest state is kept, whoever writes it and when."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import pytest_asyncio
from fiapx_common.redis import Circuit, redis_client
from fiapx_common.settings import RedisSettings
from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import VideoStatus
from fiapx_testing.proxies import TcpProxy
from pydantic import SecretStr
from redis.asyncio import Redis
from upload_service.entities.changes import Change
from upload_service.entities.video import Archive, Video
from upload_service.repositories.video_cache import RedisVideoCache

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUEUED = Video(uuid4(), uuid4(), "film.mp4", 1, "{}", NOW, NOW, VideoStatus.QUEUED)
COMPLETED = replace(
    QUEUED,
    status=VideoStatus.COMPLETED,
    tags=("sea", "sun"),
    media=Media(duration_s=2.0, width=320, height=180, fps=30.0, codec="h264"),
    archive=Archive("results/x", "results/y", 4096, 2),
    warnings=(Warned(code="short", message="It is short."),),
    error=Failure(code="no_video", message="None.", hint="Send one."),
    finished_at=NOW,
)
LONG_S = 3600


@pytest_asyncio.fixture(loop_scope="module")
async def redis(redis_url: str, redis_gate: TcpProxy) -> AsyncIterator[Redis]:
    address = urlsplit(redis_url).netloc.rpartition("@")[2]
    settings = RedisSettings(url=SecretStr(redis_url.replace(address, redis_gate.address)), timeout_s=10)
    async with redis_client(settings) as client:
        yield client


@pytest.fixture
def cache(redis: Redis) -> RedisVideoCache:
    return RedisVideoCache(Circuit(redis, timeout_s=10, rest_s=0), ttl_s=LONG_S)


def reading(change: Change) -> Callable[[], Awaitable[Change]]:
    async def read() -> Change:
        return change

    return read


async def refuse() -> Change:
    raise AssertionError("it was not at hand")


async def test_what_was_read_once_is_at_hand_with_all_its_fields(cache: RedisVideoCache) -> None:
    await cache.fetch(COMPLETED.id, reading(Change(1, COMPLETED)))
    assert await cache.fetch(COMPLETED.id, refuse) == COMPLETED


async def test_a_slow_reader_does_not_bring_an_old_state_back(cache: RedisVideoCache) -> None:
    async def read_slowly() -> Change:
        await cache.tell([Change(2, COMPLETED)])
        return Change(1, QUEUED)

    await cache.fetch(QUEUED.id, read_slowly)
    assert await cache.fetch(QUEUED.id, refuse) == COMPLETED


async def test_what_could_not_be_told_is_told_before_anything_is_read(
    cache: RedisVideoCache, redis_gate: TcpProxy
) -> None:
    await cache.tell([Change(1, QUEUED)])
    redis_gate.cut()
    await cache.tell([Change(2, COMPLETED)])
    redis_gate.forward()
    assert await cache.fetch(QUEUED.id, refuse) == COMPLETED


async def test_without_redis_it_is_read_each_time(cache: RedisVideoCache, redis_gate: TcpProxy) -> None:
    await cache.tell([Change(1, QUEUED)])
    redis_gate.cut()
    assert await cache.fetch(QUEUED.id, reading(Change(2, COMPLETED))) == COMPLETED


async def test_what_nobody_can_read_is_read_from_the_record(cache: RedisVideoCache, redis: Redis) -> None:
    await cache.tell([Change(1, QUEUED)])
    (key,) = await redis.keys("upload:video:*")
    await redis.hset(key, "video", "{}")
    assert await cache.fetch(QUEUED.id, reading(Change(1, QUEUED))) == QUEUED
