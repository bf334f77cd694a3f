"""pytest fixtures: one set of real servers per run, something fresh on them for each test."""

import os
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Protocol

import pytest

from fiapx_testing.brokers import Broker, fresh_broker
from fiapx_testing.clips import Clips
from fiapx_testing.databases import Database, Databases, Migrate
from fiapx_testing.mailboxes import Mailbox
from fiapx_testing.object_stores import StoreSettings, fresh_bucket, named_store
from fiapx_testing.platforms import Platform
from fiapx_testing.proxies import OpenProxy, TcpProxy, redis_proxy, tcp_proxies
from fiapx_testing.redis_databases import fresh_redis
from fiapx_testing.servers import Server, Servers
from fiapx_testing.test_run import TestRun

_REDIS_DATABASES_PER_WORKER = 64
_RUN = pytest.StashKey[TestRun]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kills: ends parts of the shared platform; no other test uses it meanwhile")
    if not hasattr(config, "workerinput"):  # only xdist's workers have it
        config.stash[_RUN] = TestRun.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _RUN in config.stash:
        config.stash[_RUN].end()


@pytest.fixture(scope="session")
def servers() -> Servers:
    """Where the run's real servers are, with their administrators."""
    return TestRun.current().servers()


@pytest.fixture(scope="session")
def otlp_endpoint() -> str | None:
    """Where the platform sends its traces: nowhere, unless a folder's conftest.py names a receiver."""
    return None


@pytest.fixture(scope="session")
def platform(otlp_endpoint: str | None) -> Platform:
    """The whole platform as real processes, once per run."""
    return TestRun.current().platform(otlp_endpoint)


@pytest.fixture(autouse=True)
def _use_of_platform(request: pytest.FixtureRequest) -> Iterator[None]:
    if "platform" not in request.fixturenames:
        yield
        return
    platform = request.getfixturevalue("platform")
    kills = request.node.get_closest_marker("kills") is not None
    with TestRun.current().use_of_platform(alone=kills):
        yield
        if kills:
            platform.until(platform.is_whole)


@pytest.fixture(scope="session")
def databases(servers: Servers) -> Iterator[Databases]:
    """Makes databases on the run's PostgreSQL; all are dropped in the end."""
    made = Databases(servers.postgres)
    yield made
    made.drop_all()


class CreateDatabase(Protocol):
    """Makes a fresh database for a service."""

    def __call__(self, service: str, migrate: Migrate | None = None) -> Database: ...


@pytest.fixture
def postgres_database(databases: Databases) -> Iterator[CreateDatabase]:
    """Makes databases: `postgres_database("auth")`, or with a function that migrates one (run once per process)."""
    made: list[Database] = []

    def create(service: str, migrate: Migrate | None = None) -> Database:
        made.append(databases.create(service, migrate))
        return made[-1]

    yield create
    for database in made:
        databases.give_back(database)


@pytest.fixture
async def broker(servers: Servers) -> AsyncIterator[Broker]:
    """A RabbitMQ virtual host of the test's own."""
    async with fresh_broker(servers.rabbitmq, servers.rabbitmq_management) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def redis_numbers(worker_id: str) -> Iterator[int]:
    """Databases of Redis that only this worker uses, in turn."""
    worker = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    first = _REDIS_DATABASES_PER_WORKER * (worker + 1)  # the first ones are the platform's
    return (first + number % _REDIS_DATABASES_PER_WORKER for number in count())


@pytest.fixture
def redis_url(servers: Servers, redis_numbers: Iterator[int]) -> Iterator[str]:
    """An empty Redis database of the test's own (channels are shared by all: give them a prefix)."""
    with fresh_redis(servers.redis, next(redis_numbers)) as url:
        yield url


@pytest.fixture(scope="session")
def store_server(request: pytest.FixtureRequest) -> Server:
    """The run's object store, or the one that FIAPX_TEST_STORE names."""
    named = named_store(os.environ)
    return named if named is not None else request.getfixturevalue("servers").store


@pytest.fixture
def object_store(store_server: Server) -> Iterator[StoreSettings]:
    """An empty bucket of the test's own."""
    with fresh_bucket(store_server) as settings:
        yield settings


@pytest.fixture
def smtp(servers: Servers) -> Server:
    """An SMTP server that takes every mail."""
    return servers.smtp


@pytest.fixture
def mailbox(servers: Servers) -> Mailbox:
    """What the SMTP server took."""
    return Mailbox(servers.mail_page)


@pytest.fixture
async def proxy() -> AsyncIterator[OpenProxy]:
    """Puts a proxy with faults before a server; called with the server's host and port."""
    async with tcp_proxies() as open_proxy:
        yield open_proxy


@pytest.fixture
async def redis_gate(redis_url: str, proxy: OpenProxy) -> TcpProxy:
    """A way to the Redis of `redis_url` that can be cut."""
    return await redis_proxy(redis_url, proxy)


@pytest.fixture(scope="session")
def clips() -> Clips:
    """Makes real clips with a frame counter in their pixels; each kind once per run."""
    return Clips(TestRun.current().folder / "clips")
