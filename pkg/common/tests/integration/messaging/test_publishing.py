"""Confirmed, routed, and never waiting for ever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import UUID

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, DeliveryMode
from fiapx_common.errors import Unavailable
from fiapx_common.messaging import BrokerConnection, Publisher, Unroutable, connect
from fiapx_common.messaging.topology import EVENTS, declare_exchanges, declare_queue
from fiapx_common.settings import BrokerSettings
from fiapx_testing.brokers import Broker
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S
from pydantic import BaseModel, SecretStr

OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"
    name: str

    def subject(self) -> str:
        return self.name


@asynccontextmanager
async def administrator(broker: Broker) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(broker.url)
    async with connection, connection.channel() as channel:
        yield channel


async def declare(broker: Broker, queue: str, *routing_keys: str) -> None:
    async with administrator(broker) as channel:
        await declare_queue(channel, queue, routing_keys, timeout_s=PATIENCE_S)


async def take(broker: Broker, queue: str) -> AbstractIncomingMessage:
    async with administrator(broker) as channel:
        message = await (await channel.get_queue(queue)).get(no_ack=True, timeout=PATIENCE_S)
        assert message is not None
        return message


@asynccontextmanager
async def publisher_behind(
    proxy: TcpProxy, broker: Broker, timeout_s: float = 10 * PATIENCE_S
) -> AsyncIterator[Publisher]:
    """No heartbeat tells it that its connection is silent before a test is over."""
    url = SecretStr(broker.url.replace(broker.server.address, proxy.address))
    settings = BrokerSettings(url=url, timeout_s=timeout_s, heartbeat_s=600)
    async with connect(settings, "test-service") as connection:
        yield Publisher(connection)


async def test_an_event_reaches_the_queue_bound_to_its_type(broker: Broker, publisher: Publisher) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    await publisher.publish_event(ThingMade(name="red"))
    assert (await take(broker, "test.things")).body == b'{"name":"red"}'


async def test_an_event_says_what_it_is(broker: Broker, publisher: Publisher) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    await publisher.publish_event(ThingMade(name="red"), message_id=UUID(int=7), headers={"locale": "en"})
    message = await take(broker, "test.things")
    assert message.message_id == "00000000-0000-0000-0000-000000000007"
    assert message.content_type == "application/json"
    assert message.delivery_mode is DeliveryMode.PERSISTENT
    assert message.headers["cloudEvents:type"] == "thing.made.v1"
    assert message.headers["cloudEvents:source"] == "test-service"
    assert message.headers["cloudEvents:subject"] == "red"
    assert message.headers["locale"] == "en"


async def test_a_task_reaches_its_queue_alone(broker: Broker, publisher: Publisher) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    await declare(broker, "test.tasks")
    await publisher.publish_task("test.tasks", ThingMade(name="red"))
    assert (await take(broker, "test.tasks")).body == b'{"name":"red"}'
    assert (await broker.queue("test.things")).ready == 0


async def test_an_event_that_nobody_is_bound_to_is_unroutable(publisher: Publisher) -> None:
    with pytest.raises(Unroutable):
        await publisher.publish_event(ThingMade(name="red"))


async def test_a_task_for_a_queue_that_is_not_there_is_unroutable(publisher: Publisher) -> None:
    with pytest.raises(Unroutable):
        await publisher.publish_task("test.nowhere", ThingMade(name="red"))


async def test_after_an_unroutable_one_the_next_is_published(broker: Broker, publisher: Publisher) -> None:
    with pytest.raises(Unroutable):
        await publisher.publish_event(ThingMade(name="red"), message_id=UUID(int=7))
    await declare(broker, "test.things", "thing.made.v1")
    await publisher.publish_event(ThingMade(name="red"), message_id=UUID(int=7))
    assert (await broker.queue("test.things")).ready == 1


async def test_a_message_that_the_broker_refuses_is_unavailable(broker: Broker, publisher: Publisher) -> None:
    async with administrator(broker) as channel:
        await declare_exchanges(channel, timeout_s=PATIENCE_S)
        full = await channel.declare_queue(
            "test.full",
            durable=True,
            arguments={"x-max-length": 1, "x-overflow": "reject-publish"},
        )
        await full.bind(EVENTS, "thing.made.v1")
    await publisher.publish_event(ThingMade(name="red"))
    with pytest.raises(Unavailable) as caught:
        await publisher.publish_event(ThingMade(name="blue"))
    assert caught.value.code == "broker_refused"


async def test_a_hundred_at_once_all_arrive(broker: Broker, publisher: Publisher) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    await asyncio.gather(*[publisher.publish_event(ThingMade(name=str(number))) for number in range(100)])
    assert (await broker.queue("test.things")).ready == 100


async def test_a_broker_that_refuses_connections_is_unavailable(broker: Broker, proxy: OpenProxy) -> None:
    front = await proxy(broker.server.host, broker.server.port)
    front.cut()
    async with publisher_behind(front, broker) as publisher:
        with pytest.raises(Unavailable):
            await publisher.publish_event(ThingMade(name="red"))


async def test_a_broker_that_says_nothing_is_unavailable_in_time(broker: Broker, proxy: OpenProxy) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    front = await proxy(broker.server.host, broker.server.port)
    async with publisher_behind(front, broker, timeout_s=3) as publisher:
        await publisher.publish_event(ThingMade(name="red"))
        front.blackhole()
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(Unavailable):
                await publisher.publish_event(ThingMade(name="blue"))
        front.forward()


async def test_a_connection_cut_while_publishing_is_unavailable(broker: Broker, proxy: OpenProxy) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    front = await proxy(broker.server.host, broker.server.port)
    async with publisher_behind(front, broker) as publisher:
        await publisher.publish_event(ThingMade(name="red"))
        front.blackhole()
        publishing = asyncio.create_task(publisher.publish_event(ThingMade(name="blue")))
        await asyncio.sleep(0.2)
        front.reset()
        with pytest.raises(Unavailable):
            await asyncio.wait_for(publishing, PATIENCE_S)
        front.forward()


async def test_when_the_connection_can_be_had_again_it_publishes_again(broker: Broker, proxy: OpenProxy) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    front = await proxy(broker.server.host, broker.server.port)
    async with publisher_behind(front, broker) as publisher:
        await publisher.publish_event(ThingMade(name="red"))
        front.cut()
        with pytest.raises(Unavailable):
            await publisher.publish_event(ThingMade(name="blue"))
        front.forward()
        await publisher.publish_event(ThingMade(name="blue"))
    assert (await broker.queue("test.things")).ready == 2


async def test_a_connection_reset_while_idle_is_opened_again(broker: Broker, proxy: OpenProxy) -> None:
    await declare(broker, "test.things", "thing.made.v1")
    front = await proxy(broker.server.host, broker.server.port)
    async with publisher_behind(front, broker) as publisher:
        await publisher.publish_event(ThingMade(name="red"))
        front.reset()
        await asyncio.sleep(0.2)
        await publisher.publish_event(ThingMade(name="blue"))
    assert (await broker.queue("test.things")).ready == 2


async def test_a_broker_that_answers_passes_the_check(connection: BrokerConnection) -> None:
    await connection.check()


async def test_a_wrong_password_fails_the_check(broker: Broker) -> None:
    url = broker.url.replace(f":{broker.server.password}@", ":wrong@")
    async with connect(BrokerSettings(url=SecretStr(url)), "test-service") as connection:
        with pytest.raises(Unavailable) as caught:
            await connection.check()
    assert "wrong" not in str(caught.value)
