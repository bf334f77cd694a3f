"""The client of one process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from fiapx_common.settings import RedisSettings

_NO_RETRIES: Final = 0  # whoever asks has a way of its own, and should take it at once


@asynccontextmanager
async def redis_client(settings: RedisSettings) -> AsyncIterator[Redis]:
    """Connects when first used, answers in bytes, and tries each command once."""
    client = Redis.from_url(
        settings.url.get_secret_value(),
        socket_timeout=settings.timeout_s,
        socket_connect_timeout=settings.timeout_s,
        retry=Retry(NoBackoff(), _NO_RETRIES),
    )
    try:
        yield client
    finally:
        await client.aclose()
