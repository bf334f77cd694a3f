"""Relays through outages and deaths: late or twice, never lost, never out of order."""

import asyncio
import os
import random
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import ClassVar

import pytest
import sqlalchemy as sa
from fiapx_common.messaging import BrokerConnection, Consumer, Done, Message, Publisher, Word, connect
from fiapx_common.postgres import Outbox, OutboxRelay, create_engine, transaction
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_testing.brokers import Broker
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]

KILLS, STRANDED_AT_MOST_S = (200, 5.0) if os.environ.get("FIAPX_LONG") else (20, PATIENCE_S)
RELAYS = """
import asyncio, os, sys
from fiapx_common.messaging import Publisher, connect
from fiapx_common.postgres import OutboxRelay, create_engine
from fiapx_common.settings import BrokerSettings, PostgresSettings
async def main(dsn, url):
    async with connect(BrokerSettings(url=url), "test-service") as connection:
        await OutboxRelay(create_engine(PostgresSettings(dsn=dsn), "relay"), Publisher(connection), batch=20).run()
for _ in sys.stdin:
    if (pid := os.fork()) == 0:
        asyncio.run(main(*sys.argv[1:]))
    print(pid, flush=True)
    os.waitpid(pid, 0)
"""
"""A relay in a process of its own for each line, one after another; each tells its id."""


class ThingCounted(BaseModel):
    TYPE: ClassVar[str] = "thing.counted.v1"
    name: str
    number: int

    def subject(self) -> str:
        return self.name


class Collector:
    """What arrived, in the order of arrival."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.numbers: dict[str, list[int]] = defaultdict(list)

    async def __call__(self, message: Message) -> Word:
        event = ThingCounted.model_validate_json(message.body)
        if message.id not in self.ids:  # what an inbox does
            self.numbers[event.name].append(event.number)
        self.ids.append(message.id)
        return Done()


@pytest.fixture
async def connection(broker: Broker) -> AsyncIterator[BrokerConnection]:
    async with connect(BrokerSettings(url=SecretStr(broker.url)), "test-service") as opened:
        yield opened


@pytest.fixture
async def collector(connection: BrokerConnection) -> AsyncIterator[Collector]:
    collector = Collector()
    async with Consumer(connection, "test.counts", [ThingCounted.TYPE], collector, concurrency=1).running():
        yield collector


async def add(engine: AsyncEngine, events: Iterable[ThingCounted], *, commit: bool = True) -> None:
    async with transaction(engine) as connection:
        outbox = Outbox(connection)
        for event in events:
            await outbox.add(event)
        if commit:
            await connection.commit()


async def pending(engine: AsyncEngine) -> int:
    async with transaction(engine) as connection:
        return await connection.scalar(sa.text("SELECT count(*) FROM outbox")) or 0


async def until_empty(engine: AsyncEngine, within_s: float = PATIENCE_S) -> None:
    async def is_empty() -> bool:
        return not await pending(engine)

    await until(is_empty, within_s=within_s)


def counts(name: str, numbers: range) -> list[ThingCounted]:
    return [ThingCounted(name=name, number=number) for number in numbers]


@asynccontextmanager
async def relaying_through(proxy: TcpProxy, broker: Broker, engine: AsyncEngine) -> AsyncIterator[OutboxRelay]:
    url = SecretStr(broker.url.replace(broker.server.address, proxy.address))
    async with (
        connect(BrokerSettings(url=url, timeout_s=1), "test-service") as connection,
        OutboxRelay(engine, Publisher(connection)).running() as relay,
    ):
        yield relay


async def terminate_backends(engine: AsyncEngine) -> None:
    """All of the service's connections but this one."""
    async with transaction(engine) as connection:
        await connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


async def test_when_the_leading_relay_goes_the_other_takes_over(
    database_settings: PostgresSettings, engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    other_engine = create_engine(database_settings, "test-service")
    async with OutboxRelay(other_engine, Publisher(connection)).running():
        await asyncio.sleep(0.5)
        async with OutboxRelay(engine, Publisher(connection)).running():
            await other_engine.dispose()
            await terminate_backends(engine)
            await add(engine, counts("red", range(10)))
            await until(lambda: collector.numbers["red"] == list(range(10)))
    await other_engine.dispose()


async def test_after_an_outage_of_the_broker_everything_is_sent(
    engine: AsyncEngine, broker: Broker, proxy: OpenProxy, collector: Collector
) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    async with relaying_through(front, broker, engine):
        await add(engine, counts("red", range(5)))
        await until(lambda: len(collector.numbers["red"]) == 5)
        await until_empty(engine)
        front.cut()
        await add(engine, counts("red", range(5, 10)))
        await asyncio.sleep(2)
        assert await pending(engine) == 5
        front.forward()
        await until(lambda: collector.numbers["red"] == list(range(10)))
        await until_empty(engine)


async def test_a_confirm_that_does_not_come_leads_to_a_second_message_with_the_same_id(
    engine: AsyncEngine, broker: Broker, proxy: OpenProxy, collector: Collector
) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    async with relaying_through(front, broker, engine):
        await add(engine, counts("red", range(1)))
        await until_empty(engine)
        before = len(collector.ids)
        front.delay(1.5)
        await add(engine, counts("red", range(1, 2)))
        await until(lambda: len(collector.ids) >= before + 2)
        front.forward()
        await until_empty(engine)
    assert len(set(collector.ids)) == 2
    assert collector.numbers["red"] == [0, 1]


async def test_connections_to_the_database_lost_lose_no_message(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    async with OutboxRelay(engine, Publisher(connection)).running():
        for number in range(5):
            await add(engine, counts("red", range(number, number + 1)))
            await terminate_backends(engine)
        await until(lambda: collector.numbers["red"] == list(range(5)))


async def test_relays_cancelled_at_any_moment_strand_nothing(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    chance = random.Random(2)
    for number in range(50):
        task = asyncio.create_task(OutboxRelay(engine, Publisher(connection)).run())
        await add(engine, counts("red", range(number, number + 1)))
        await asyncio.sleep(chance.uniform(0, 0.08))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    async with OutboxRelay(engine, Publisher(connection)).running():
        await until(lambda: len(collector.numbers["red"]) == 50)
    assert collector.numbers["red"] == list(range(50))


async def test_processes_killed_while_relaying_strand_nothing(
    database_settings: PostgresSettings, engine: AsyncEngine, broker: Broker, collector: Collector
) -> None:
    program = [sys.executable, "-c", RELAYS, database_settings.dsn.get_secret_value(), broker.url]
    pipe = asyncio.subprocess.PIPE
    relays = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
    assert relays.stdin
    assert relays.stdout
    chance = random.Random(3)
    for round_ in range(KILLS + 1):
        await add(engine, counts("red", range(round_ * 5, round_ * 5 + 5)))
        relays.stdin.write(b"another\n")
        pid = int(await relays.stdout.readline())
        if round_ < KILLS:
            await asyncio.sleep(chance.uniform(0, 0.5))
            os.kill(pid, signal.SIGKILL)
    await until_empty(engine, STRANDED_AT_MOST_S)
    relays.stdin.close()
    os.kill(pid, signal.SIGKILL)
    await relays.wait()
    sent = list(range((KILLS + 1) * 5))
    await until(lambda: len(collector.numbers["red"]) == len(sent))
    assert collector.numbers["red"] == sent
