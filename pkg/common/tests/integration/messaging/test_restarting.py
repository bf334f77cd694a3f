"""The broker is killed and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import ClassVar

import pytest
from aio_pika.exceptions import AMQPError
from fiapx_common.errors import Unavailable
from fiapx_common.messaging import BrokerConnection, Consumer, Done, Message, Publisher, RetryIn, Word, connect
from fiapx_common.settings import BrokerSettings
from fiapx_local.process_table import is_alive
from fiapx_local.servers.rabbitmq import ADMIN, VHOST, RabbitMQ
from fiapx_local.stack import Stack
from fiapx_testing.brokers import Broker
from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel, SecretStr

QUEUE = "upload.things"


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"
    name: str

    def subject(self) -> str:
        return self.name


class Collector:
    """Done, after as many retries as asked for."""

    def __init__(self, retries: int = 0) -> None:
        self._retries = retries
        self.names: list[str] = []

    async def __call__(self, message: Message) -> Word:
        if message.attempt <= self._retries:
            return RetryIn(1, "not now")
        self.names.append(message.subject)
        return Done()


@pytest.fixture
async def upload(rabbitmq_alone: Stack) -> AsyncIterator[BrokerConnection]:
    """As the upload service's user, with the least rights."""
    url = SecretStr(RabbitMQ(rabbitmq_alone.settings).url("upload"))
    async with connect(BrokerSettings(url=url), "upload-service") as connection:
        yield connection


@pytest.fixture
def administered(rabbitmq_alone: Stack) -> Broker:
    settings = rabbitmq_alone.settings
    password, ports = RabbitMQ(settings).password(), settings.ports.inner
    return Broker(
        Server(settings.host, ports.rabbitmq, ADMIN, password),
        Server(settings.host, ports.rabbitmq_management, ADMIN, password),
        VHOST,
    )


def consumer(connection: BrokerConnection, handler: Collector, queue: str = QUEUE) -> Consumer:
    return Consumer(connection, queue, ["thing.made.v1"], handler, drain_s=5)


async def kill(stack: Stack) -> None:
    """Returns when it is dead: its port may be open until then."""
    pid = stack.supervisor.states()["rabbitmq"].pid
    os.kill(pid, signal.SIGKILL)
    await until(lambda: not is_alive(pid))


async def until_port_opens(broker: Broker) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                _, writer = await asyncio.open_connection(broker.server.host, broker.server.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


async def is_consumed(broker: Broker) -> bool:
    """By the broker's own count."""
    try:
        return (await broker.queue(QUEUE)).consumers > 0
    except (OSError, AMQPError):
        return False  # the port is open, but the queue is not led yet


async def publish_forever(publisher: Publisher) -> None:
    while True:
        await publisher.publish_event(ThingMade(name="blue"))


async def test_a_consumer_is_back_by_itself_after_the_brokers_port_opens(
    rabbitmq_alone: Stack, administered: Broker, upload: BrokerConnection
) -> None:
    collector = Collector()
    publisher = Publisher(upload)
    async with consumer(upload, collector).running() as returning:
        await publisher.publish_event(ThingMade(name="before"))
        await until(lambda: collector.names == ["before"])
        await kill(rabbitmq_alone)
        await until(lambda: not returning.consuming)
        await until_port_opens(administered)
        await until(lambda: is_consumed(administered))
        await publisher.publish_event(ThingMade(name="after"))
        await until(lambda: collector.names == ["before", "after"])


async def test_a_confirmed_message_survives_the_brokers_death(
    rabbitmq_alone: Stack, administered: Broker, upload: BrokerConnection
) -> None:
    async with consumer(upload, Collector()).running():
        pass  # declares the queue
    publisher = Publisher(upload)
    for number in range(20):
        await publisher.publish_event(ThingMade(name=str(number)))
    await kill(rabbitmq_alone)
    await until_port_opens(administered)
    collector = Collector()
    async with consumer(upload, collector).running():
        await until(lambda: len(set(collector.names)) == 20)


async def test_publishing_while_the_broker_is_dead_is_unavailable_and_does_not_hang(
    rabbitmq_alone: Stack, administered: Broker, upload: BrokerConnection
) -> None:
    async with consumer(upload, Collector()).running():
        pass
    publisher = Publisher(upload)
    await publisher.publish_event(ThingMade(name="red"))
    await kill(rabbitmq_alone)
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(Unavailable):
            await publish_forever(publisher)
    await until_port_opens(administered)


async def test_a_services_own_rights_suffice_for_everything(upload: BrokerConnection) -> None:
    collector = Collector(retries=1)
    publisher = Publisher(upload)
    async with consumer(upload, collector, "upload.retried").running():
        await publisher.publish_task("upload.retried", ThingMade(name="green"))
        await until(lambda: collector.names == ["green"])


async def test_a_service_cannot_take_another_ones_messages(upload: BrokerConnection) -> None:
    async with consumer(upload, Collector(), "auth.things").running() as refused:
        assert not refused.consuming
        with pytest.raises(Unavailable):
            await refused.check()
