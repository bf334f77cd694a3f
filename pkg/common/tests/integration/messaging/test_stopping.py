"""SIGTERM: nothing new, nothing lost."""

import asyncio
from typing import ClassVar

from fiapx_common.messaging import BrokerConnection, Consumer, Done, HandedBack, Message, Publisher, Word
from fiapx_testing.brokers import Broker
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel

QUEUE = "test.things"


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"
    name: str

    def subject(self) -> str:
        return self.name


class Slow:
    """A handler that takes its time, or hands back when it is told that its process stops."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.started = 0
        self.finished = 0
        self.cancelled = 0
        self.stopping: asyncio.Event | None = None

    async def __call__(self, _message: Message) -> Word:
        self.started += 1
        try:
            if self.stopping is not None:
                await self.stopping.wait()
                return HandedBack()
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        self.finished += 1
        return Done()


async def publish(publisher: Publisher, count: int) -> None:
    await asyncio.gather(*[publisher.publish_event(ThingMade(name=str(number))) for number in range(count)])


def consumer(connection: BrokerConnection, handler: Slow, drain_s: float) -> Consumer:
    return Consumer(connection, QUEUE, ["thing.made.v1"], handler, concurrency=2, drain_s=drain_s)


async def test_what_is_under_way_is_finished_and_what_waits_stays(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    handler = Slow(0.5)
    stopped = consumer(connection, handler, drain_s=PATIENCE_S)
    await stopped.start()
    await publish(publisher, 5)
    await until(lambda: handler.started == 2)
    await stopped.stop()
    assert (handler.started, handler.finished) == (2, 2)
    state = await broker.queue(QUEUE)
    assert (state.ready, state.consumers) == (3, 0)


async def test_nothing_new_is_taken_once_it_stops(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    handler = Slow(2)
    stopped = consumer(connection, handler, drain_s=PATIENCE_S)
    await stopped.start()
    await publish(publisher, 1)
    await until(lambda: handler.started == 1)

    async def nobody_consumes() -> bool:
        return (await broker.queue(QUEUE)).consumers == 0

    stopping = asyncio.create_task(stopped.stop())
    await until(nobody_consumes)
    await publish(publisher, 3)
    await stopping
    assert handler.started == 1
    assert (await broker.queue(QUEUE)).ready == 3


async def test_what_does_not_finish_in_time_is_cancelled_and_comes_again(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    handler = Slow(60)
    stopped = consumer(connection, handler, drain_s=0.5)
    await stopped.start()
    await publish(publisher, 1)
    await until(lambda: handler.started == 1)
    await stopped.stop()
    assert (handler.finished, handler.cancelled) == (0, 1)
    assert (await broker.queue(QUEUE)).ready == 1


async def test_a_long_handler_can_hand_back_when_it_stops(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    handler = Slow(60)
    stopped = consumer(connection, handler, drain_s=PATIENCE_S)
    handler.stopping = stopped.stopping
    await stopped.start()
    await publish(publisher, 1)
    await until(lambda: handler.started == 1)
    await stopped.stop()
    assert (handler.finished, handler.cancelled) == (0, 0)
    assert (await broker.queue(QUEUE)).ready == 1


async def test_one_that_found_no_broker_can_be_stopped(unserved: BrokerConnection) -> None:
    stopped = consumer(unserved, Slow(0), drain_s=PATIENCE_S)
    await stopped.start()
    assert not stopped.consuming
    await asyncio.wait_for(stopped.stop(), PATIENCE_S)


async def test_the_consumers_of_a_queue_are_counted_also_where_there_is_no_queue(connection: BrokerConnection) -> None:
    assert await connection.consumer_count(QUEUE) == 0
    async with Consumer(connection, QUEUE, (), Slow(0)).running():
        assert await connection.consumer_count(QUEUE) == 1
    assert await connection.consumer_count(QUEUE) == 0
