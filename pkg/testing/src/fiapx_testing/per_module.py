"""Fixtures for folders whose modules start their service once: what it uses is the module's, and emptied for each test.

A service takes longer to start than most of its tests take. A folder's conftest.py takes over the fixtures that it
needs (`broker = per_module.broker`), and all its asynchronous tests and fixtures run in their module's event loop:
`in_modules_loop` for the tests, `loop_scope="module"` for the fixtures.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from fiapx_testing.brokers import Broker, fresh_broker
from fiapx_testing.object_stores import StoreSettings, fresh_bucket
from fiapx_testing.proxies import OpenProxy, TcpProxy, redis_proxy, tcp_proxies
from fiapx_testing.redis_databases import fresh_redis
from fiapx_testing.servers import Server, Servers


def in_modules_loop(items: Iterable[pytest.Item], folder: Path) -> None:
    """For `pytest_collection_modifyitems`: asynchronous tests below the folder share the event loop of their module."""
    for item in items:
        if item.path.is_relative_to(folder) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def broker(servers: Servers) -> AsyncIterator[Broker]:
    """A RabbitMQ virtual host of the module's own."""
    async with fresh_broker(servers.rabbitmq, servers.rabbitmq_management) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def redis_url(servers: Servers, redis_numbers: Iterator[int]) -> Iterator[str]:
    """A Redis database of the module's own (channels are shared by all: give them a prefix)."""
    with fresh_redis(servers.redis, next(redis_numbers)) as url:
        yield url


@pytest.fixture(scope="module")
def object_store(store_server: Server) -> Iterator[StoreSettings]:
    """A bucket of the module's own."""
    with fresh_bucket(store_server) as settings:
        yield settings


@pytest_asyncio.fixture(loop_scope="module")
async def proxy() -> AsyncIterator[OpenProxy]:
    """Puts a proxy with faults before a server, for one test."""
    async with tcp_proxies() as open_proxy:
        yield open_proxy


@pytest_asyncio.fixture(loop_scope="module")
async def redis_gate(redis_url: str, proxy: OpenProxy) -> TcpProxy:
    """A way to the Redis of `redis_url` that can be cut."""
    return await redis_proxy(redis_url, proxy)
