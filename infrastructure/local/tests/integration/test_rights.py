"""Each service reaches its own things and nobody else's."""

import aio_pika
import pytest
from aiormq.exceptions import ChannelAccessRefused
from fiapx_local.servers import Postgres, RabbitMQ, Redis
from fiapx_local.stack import Stack
from fiapx_testing.test_run import TestRun
from redis import Redis as Client
from redis.exceptions import NoPermissionError, RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

SERVICES = ("auth", "upload", "processing", "notification")


@pytest.fixture(scope="module")
def local_stack() -> Stack:
    return TestRun.current().local_stack()


async def run(dsn: str, statement: str) -> None:
    engine = create_async_engine(dsn)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_uses_the_tables_of_its_owner_and_makes_none(service: str, local_stack: Stack) -> None:
    postgres = Postgres(local_stack.settings)
    await run(postgres.dsn(service, owner=True), "CREATE TABLE IF NOT EXISTS rights_test (id int)")

    await run(postgres.dsn(service), "INSERT INTO rights_test VALUES (1)")

    with pytest.raises(DBAPIError, match="permission denied"):
        await run(postgres.dsn(service), "CREATE TABLE mine (id int)")
    with pytest.raises(DBAPIError, match="must be owner"):
        await run(postgres.dsn(service), "DROP TABLE rights_test")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_cannot_enter_anothers_database(service: str, local_stack: Stack) -> None:
    other = SERVICES[(SERVICES.index(service) + 1) % len(SERVICES)]

    with pytest.raises(Exception, match="permission denied for database"):
        await run(Postgres(local_stack.settings).dsn(service, database=other), "SELECT 1")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_declares_its_own_queues_and_nobody_elses(service: str, local_stack: Stack) -> None:
    connection = await aio_pika.connect(RabbitMQ(local_stack.settings).url(service))
    async with connection:
        channel = await connection.channel()
        await channel.declare_exchange("fiapx.rights-test", auto_delete=True)
        await channel.declare_queue(f"{service}.rights-test", auto_delete=True)

        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("others.rights-test", auto_delete=True)


@pytest.mark.parametrize("service", ["auth", "upload", "gateway", "processing"])
def test_a_service_sees_its_own_keys_only(service: str, local_stack: Stack) -> None:
    with Client.from_url(Redis(local_stack.settings).url(service)) as client:
        client.set(f"{service}:rights-test", "1", ex=5)

        with pytest.raises(NoPermissionError):
            client.get("others:rights-test")
        with pytest.raises(NoPermissionError):
            client.flushdb()


def test_nobody_enters_redis_without_a_name(local_stack: Stack) -> None:
    with (
        Client(host=local_stack.settings.host, port=local_stack.settings.ports.inner.redis) as client,
        pytest.raises(RedisError, match=r"(?i)authenticat"),
    ):
        client.ping()


def test_the_gateway_hears_of_ended_sessions(local_stack: Stack) -> None:
    with Client.from_url(Redis(local_stack.settings).url("gateway")) as gateway, gateway.pubsub() as heard:
        heard.subscribe("auth:sessions")
        assert heard.get_message(timeout=60) is not None
        with Client.from_url(Redis(local_stack.settings).url("auth")) as auth:
            assert auth.publish("auth:sessions", "ended") == 1
