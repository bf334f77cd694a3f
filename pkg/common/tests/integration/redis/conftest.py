"""Redis through a proxy that can cut it off."""

from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest
from fiapx_common.redis import redis_client
from fiapx_common.settings import RedisSettings
from fiapx_testing.proxies import TcpProxy
from pydantic import SecretStr
from redis.asyncio import Redis


@pytest.fixture
async def gate(redis_url: str, proxy: Callable[[str, int], Awaitable[TcpProxy]]) -> TcpProxy:
    """Between `redis` and the server."""
    address = urlsplit(redis_url)
    assert address.hostname is not None
    assert address.port is not None
    return await proxy(address.hostname, address.port)


@pytest.fixture
async def redis(redis_url: str, gate: TcpProxy) -> AsyncIterator[Redis]:
    address = urlsplit(redis_url).netloc.rpartition("@")[2]
    async with redis_client(RedisSettings(url=SecretStr(redis_url.replace(address, gate.address)))) as client:
        yield client


@pytest.fixture
async def direct(redis_url: str) -> AsyncIterator[Redis]:
    """The test's own way to the same server."""
    async with redis_client(RedisSettings(url=SecretStr(redis_url), timeout_s=10)) as client:
        yield client
