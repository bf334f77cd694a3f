"""Consumers through outages of the broker."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from fiapx_common.messaging import BrokerConnection, Consumer, Done, Message, Publisher, Word, connect
from fiapx_common.messaging.connecting import Purpose
from fiapx_common.settings import BrokerSettings
from fiapx_testing.brokers import Broker
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel, SecretStr

OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]
QUEUE = "test.things"


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"
    name: str

    def subject(self) -> str:
        return self.name


class Collector:
    def __init__(self, seconds: float = 0) -> None:
        self._seconds = seconds
        self.started: list[str] = []
        self.finished: list[str] = []

    async def __call__(self, message: Message) -> Word:
        self.started.append(message.subject)
        await asyncio.sleep(self._seconds)
        self.finished.append(message.subject)
        return Done()


def consumer(connection: BrokerConnection, handler: Collector) -> Consumer:
    return Consumer(connection, QUEUE, ["thing.made.v1"], handler, drain_s=5)


def settings(broker: Broker, proxy: TcpProxy) -> BrokerSettings:
    return BrokerSettings(url=SecretStr(broker.url.replace(broker.server.address, proxy.address)), heartbeat_s=3)


async def test_a_consumer_started_before_its_broker_begins_when_it_comes(broker: Broker, proxy: OpenProxy) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    front.cut()
    async with (
        connect(settings(broker, front), "test-service") as connection,
        consumer(connection, Collector()).running() as waiting,
    ):
        assert not waiting.consuming
        front.forward()
        await until(lambda: waiting.consuming)
        assert (await broker.queue(QUEUE)).consumers == 1


async def test_after_a_cut_messages_come_again(broker: Broker, proxy: OpenProxy, publisher: Publisher) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    collector = Collector()
    async with (
        connect(settings(broker, front), "test-service") as connection,
        consumer(connection, collector).running() as returning,
    ):
        front.cut()
        await until(lambda: not returning.consuming)
        await publisher.publish_event(ThingMade(name="red"))
        front.forward()
        await until(lambda: collector.finished == ["red"])


async def test_a_handler_outlives_its_connection_and_its_message_comes_again(
    broker: Broker, proxy: OpenProxy, publisher: Publisher
) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    collector = Collector(seconds=1)
    async with (
        connect(settings(broker, front), "test-service") as connection,
        consumer(connection, collector).running(),
    ):
        await publisher.publish_event(ThingMade(name="red"))
        await until(lambda: collector.started == ["red"])
        front.reset()
        await until(lambda: collector.finished == ["red", "red"])


async def test_a_connection_gone_silent_is_noticed_by_its_heartbeats(broker: Broker, proxy: OpenProxy) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    async with (
        connect(settings(broker, front), "test-service") as connection,
        consumer(connection, Collector()).running() as silent,
    ):
        front.blackhole()
        await until(lambda: not silent.consuming)
        front.forward()
        await until(lambda: silent.consuming)


async def test_a_queue_deleted_under_its_consumer_is_made_again(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    collector = Collector()
    async with consumer(connection, collector).running() as returning:
        await broker_deletes(broker, QUEUE)
        await until(lambda: not returning.consuming)
        await until(lambda: returning.consuming)
        await publisher.publish_event(ThingMade(name="red"))
        await until(lambda: collector.finished == ["red"])


async def broker_deletes(broker: Broker, queue: str) -> None:
    async with connect(BrokerSettings(url=SecretStr(broker.url)), "administrator") as connection:
        channel = await connection.channel(Purpose.CONSUMING)
        await channel.queue_delete(queue, timeout=PATIENCE_S)
