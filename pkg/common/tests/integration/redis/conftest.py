"""Redis through a proxy that can cut it off."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
from fiapx_common.redis import redis_client
from fiapx_common.settings import RedisSettings
from fiapx_testing.proxies import TcpProxy
from pydantic import SecretStr
from redis.asyncio import Redis


@pytest.fixture
async def redis(redis_url: str, redis_gate: TcpProxy) -> AsyncIterator[Redis]:
    address = urlsplit(redis_url).netloc.rpartition("@")[2]
    async with redis_client(RedisSettings(url=SecretStr(redis_url.replace(address, redis_gate.address)))) as client:
        yield client


@pytest.fixture
async def direct(redis_url: str) -> AsyncIterator[Redis]:
    """The test's own way to the same server."""
    async with redis_client(RedisSettings(url=SecretStr(redis_url), timeout_s=10)) as client:
        yield client
