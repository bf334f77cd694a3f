"""From the outbox to the broker: each committed message, in its subject's order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import ClassVar

import pytest
import sqlalchemy as sa
from fiapx_common.messaging import BrokerConnection, Consumer, Done, Message, Publisher, Word, connect
from fiapx_common.postgres import Outbox, OutboxRelay, create_engine, transaction
from fiapx_common.settings import BrokerSettings, PostgresSettings
from fiapx_testing.brokers import Broker
from fiapx_testing.databases import Database
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel, SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]
NEVER_S = 3600.0


class ThingCounted(BaseModel):
    TYPE: ClassVar[str] = "thing.counted.v1"
    name: str
    number: int

    def subject(self) -> str:
        return self.name


class ThingUnwanted(ThingCounted):
    TYPE: ClassVar[str] = "thing.unwanted.v1"


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


@pytest.fixture
def relay(engine: AsyncEngine, connection: BrokerConnection) -> OutboxRelay:
    return OutboxRelay(engine, Publisher(connection))


async def add(engine: AsyncEngine, events: Iterable[ThingCounted], *, commit: bool = True) -> None:
    async with transaction(engine) as connection:
        outbox = Outbox(connection)
        for event in events:
            await outbox.add(event)
        if commit:
            await connection.commit()


async def until_pending(engine: AsyncEngine, count: int) -> None:
    async def are_pending() -> bool:
        return await pending(engine) == count

    await until(are_pending)


async def pending(engine: AsyncEngine) -> int:
    async with transaction(engine) as connection:
        return await connection.scalar(sa.text("SELECT count(*) FROM outbox")) or 0


def counts(name: str, numbers: range) -> list[ThingCounted]:
    return [ThingCounted(name=name, number=number) for number in numbers]


async def test_a_committed_message_is_published_and_its_row_is_gone(
    engine: AsyncEngine, relay: OutboxRelay, collector: Collector
) -> None:
    async with relay.running():
        await add(engine, counts("red", range(1)))
        await until(lambda: collector.numbers["red"] == [0])
        await until_pending(engine, 0)


async def test_a_message_not_committed_is_never_published(
    engine: AsyncEngine, relay: OutboxRelay, collector: Collector
) -> None:
    async with relay.running():
        await add(engine, counts("red", range(1)), commit=False)
        await add(engine, counts("blue", range(1)))
        await until(lambda: collector.numbers["blue"] == [0])
    assert collector.numbers["red"] == []


async def test_a_woken_relay_does_not_wait_for_its_poll(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    async with OutboxRelay(engine, Publisher(connection), poll_s=NEVER_S).running() as relay:
        await asyncio.sleep(0.5)
        await add(engine, counts("red", range(1)))
        relay.wake()
        await until(lambda: collector.numbers["red"] == [0])


async def test_a_task_reaches_its_queue(engine: AsyncEngine, relay: OutboxRelay, collector: Collector) -> None:
    async with transaction(engine) as connection:
        await Outbox(connection).add_task("test.counts", ThingUnwanted(name="task", number=5))
        await connection.commit()
    async with relay.running():
        await until(lambda: collector.numbers["task"] == [5])


async def test_more_than_a_batch_keeps_the_order_of_each_subject(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    mixed = [event for trio in zip(*[counts(name, range(70)) for name in "abc"], strict=True) for event in trio]
    await add(engine, mixed)
    async with OutboxRelay(engine, Publisher(connection), batch=20).running():
        await until(lambda: len(collector.ids) == 210)
    assert dict(collector.numbers) == {name: list(range(70)) for name in "abc"}


async def test_an_ending_relay_sends_what_is_committed(
    engine: AsyncEngine, relay: OutboxRelay, collector: Collector
) -> None:
    async with relay.running():
        await add(engine, counts("red", range(150)))
    assert await pending(engine) == 0
    await until(lambda: collector.numbers["red"] == list(range(150)))


async def test_an_ending_relay_does_not_rest_until_somebody_else_leads(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fiapx_common.postgres.relaying._FLUSH_S", NEVER_S)  # or it would be cancelled
    async with asyncio.timeout(PATIENCE_S):
        async with OutboxRelay(engine, Publisher(connection), standby_s=NEVER_S).running():
            await add(engine, counts("red", range(1)))
            await until(lambda: collector.numbers["red"] == [0])


async def test_two_relays_publish_each_message_once_and_in_order(
    database_settings: PostgresSettings, engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    other_engine = create_engine(database_settings, "test-service")
    relays = [OutboxRelay(each, Publisher(connection), batch=7) for each in (engine, other_engine)]
    async with relays[0].running(), relays[1].running():
        for start in range(0, 100, 10):
            await add(engine, counts("red", range(start, start + 10)) + counts("blue", range(start, start + 10)))
            for relay in relays:
                relay.wake()
        await until(lambda: len(collector.ids) >= 200)
        await until_pending(engine, 0)
    assert len(collector.ids) == 200
    assert dict(collector.numbers) == {"red": list(range(100)), "blue": list(range(100))}
    await other_engine.dispose()


async def test_what_nobody_is_bound_to_waits_and_holds_up_only_its_own_subject(
    engine: AsyncEngine, relay: OutboxRelay, collector: Collector
) -> None:
    unwanted = ThingUnwanted(name="red", number=0)
    async with relay.running():
        await add(engine, [unwanted, *counts("red", range(1, 3)), *counts("blue", range(3))])
        await until(lambda: collector.numbers["blue"] == [0, 1, 2])
        await until_pending(engine, 3)
        await asyncio.sleep(1)
        assert collector.numbers["red"] == []
        assert await pending(engine) == 3


async def test_what_waited_is_sent_once_somebody_is_bound(
    engine: AsyncEngine, relay: OutboxRelay, connection: BrokerConnection, collector: Collector
) -> None:
    late = Collector()
    async with relay.running():
        await add(engine, [ThingUnwanted(name="red", number=0)])
        await asyncio.sleep(1)
        async with Consumer(connection, "test.late", [ThingUnwanted.TYPE], late).running():
            await until(lambda: late.numbers["red"] == [0])
        await until_pending(engine, 0)


async def test_an_optional_type_that_nobody_is_bound_to_is_dropped(
    engine: AsyncEngine, connection: BrokerConnection, collector: Collector
) -> None:
    async with OutboxRelay(engine, Publisher(connection), optional_types=[ThingUnwanted.TYPE]).running():
        await add(engine, [ThingUnwanted(name="red", number=0), *counts("red", range(1, 3))])
        await until(lambda: collector.numbers["red"] == [1, 2])
        await until_pending(engine, 0)


async def test_a_standby_that_is_woken_asks_once_and_rests_again(
    database: Database, engine: AsyncEngine, connection: BrokerConnection, relay: OutboxRelay, collector: Collector
) -> None:
    standbys_engine = create_engine(PostgresSettings(dsn=SecretStr(database.dsn)), "standby")
    statements: list[str] = []

    @sa.event.listens_for(standbys_engine.sync_engine, "before_cursor_execute")
    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    standby = OutboxRelay(standbys_engine, Publisher(connection), standby_s=NEVER_S)
    async with relay.running():
        await add(engine, counts("red", range(1)))
        await until(lambda: collector.numbers["red"] == [0])  # this one leads
        async with standby.running():
            await until(lambda: bool(statements))
            await asyncio.sleep(0.5)
            first = len(statements)
            standby.wake()
            await until(lambda: len(statements) > first)
            await asyncio.sleep(0.5)
            asked = len(statements) - first
    await standbys_engine.dispose()
    assert 1 <= asked <= first
