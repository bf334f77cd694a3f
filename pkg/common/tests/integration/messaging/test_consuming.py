"""What becomes of a message."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from fiapx_common.errors import Conflict, Unavailable
from fiapx_common.messaging import (
    BrokerConnection,
    Consumer,
    Done,
    EventDispatch,
    GaveUp,
    HandedBack,
    Message,
    Publisher,
    RetryIn,
    Skipped,
    Word,
)
from fiapx_common.messaging.topology import EVENTS, TASKS
from fiapx_testing.brokers import Broker
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel

QUEUE = "test.things"
TYPE = "thing.made.v1"
Answer = Word | Exception


GiveUp = Callable[[str], Awaitable[None]]


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = TYPE
    name: str

    def subject(self) -> str:
        return self.name


class Recorder:
    """Answers each message with the next of its answers, then always with the last."""

    def __init__(self, *answers: Answer) -> None:
        self._answers: Sequence[Answer] = answers or (Done(),)
        self.messages: list[Message] = []
        self.times: list[float] = []

    async def __call__(self, message: Message) -> Word:
        answer = self._answers[min(len(self.messages), len(self._answers) - 1)]
        self.messages.append(message)
        self.times.append(time.monotonic())
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def seen(self, count: int) -> None:
        await until(lambda: len(self.messages) >= count)


async def until_ready(broker: Broker, queue: str, count: int) -> None:
    async def is_ready() -> bool:
        return (await broker.queue(queue)).ready == count

    await until(is_ready)


async def take(broker: Broker, queue: str) -> AbstractIncomingMessage:
    connection = await aio_pika.connect(broker.url)
    async with connection, connection.channel() as channel:
        message = await (await channel.get_queue(queue)).get(no_ack=True, timeout=PATIENCE_S)
        assert message is not None
        return message


async def publish_raw(broker: Broker, message: aio_pika.Message, exchange: str, routing_key: str) -> None:
    connection = await aio_pika.connect(broker.url)
    async with connection, connection.channel(on_return_raises=True) as channel:
        await (await channel.get_exchange(exchange, ensure=False)).publish(message, routing_key)


@asynccontextmanager
async def consuming(
    connection: BrokerConnection, handler: Recorder | EventDispatch, *, concurrency: int = 8, max_errors: int = 10
) -> AsyncIterator[Consumer]:
    consumer = Consumer(connection, QUEUE, [TYPE], handler, concurrency=concurrency, drain_s=5, max_errors=max_errors)
    async with consumer.running():
        yield consumer


@pytest.mark.parametrize("word", [Done(), Skipped("seen before")])
async def test_what_is_done_or_skipped_is_gone(
    broker: Broker, connection: BrokerConnection, publisher: Publisher, word: Word
) -> None:
    recorder = Recorder(word)
    async with consuming(connection, recorder):
        await publisher.publish_event(ThingMade(name="red"))
        await recorder.seen(1)
    assert (await broker.queue(QUEUE)).ready == 0
    assert (await broker.queue(f"{QUEUE}.dead")).ready == 0


async def test_a_handler_gets_what_was_published(connection: BrokerConnection, publisher: Publisher) -> None:
    recorder = Recorder()
    async with consuming(connection, recorder):
        await publisher.publish_event(ThingMade(name="red"))
        await recorder.seen(1)
    (message,) = recorder.messages
    assert (message.type, message.subject, message.body) == (TYPE, "red", b'{"name":"red"}')
    assert (message.attempt, message.redelivered, message.queue) == (1, False, QUEUE)
    assert message.headers["cloudEvents:id"] == message.id


@pytest.mark.parametrize(("asked_s", "waited_s"), [(1, 1), (2, 5)])
async def test_a_retry_comes_after_its_wait_and_counts(
    connection: BrokerConnection, publisher: Publisher, asked_s: float, waited_s: int
) -> None:
    recorder = Recorder(RetryIn(asked_s, "not now"), Done())
    async with consuming(connection, recorder):
        await publisher.publish_event(ThingMade(name="red"))
        await recorder.seen(2)
    first, second = recorder.messages
    assert recorder.times[1] - recorder.times[0] >= waited_s
    assert second.headers["x-first-death-queue"] == f"{QUEUE}.retry.{waited_s}"
    assert (second.id, second.body, second.attempt) == (first.id, first.body, 2)


async def test_while_one_waits_for_its_retry_others_are_handled(
    connection: BrokerConnection, publisher: Publisher
) -> None:
    recorder = Recorder(RetryIn(30, "not now"), Done())
    async with consuming(connection, recorder, concurrency=1):
        await publisher.publish_event(ThingMade(name="red"))
        await publisher.publish_event(ThingMade(name="blue"))
        await recorder.seen(2)
    assert [message.subject for message in recorder.messages] == ["red", "blue"]


async def test_what_is_given_up_lies_in_the_dead_letters_with_its_reason(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    async with consuming(connection, Recorder(GaveUp("it is not a thing"))):
        await publisher.publish_event(ThingMade(name="red"))
        await until_ready(broker, f"{QUEUE}.dead", 1)
    dead = await take(broker, f"{QUEUE}.dead")
    assert dead.headers["fiapx-reason"] == "it is not a thing"
    assert dead.headers["fiapx-queue"] == QUEUE
    assert dead.headers["cloudEvents:type"] == TYPE
    assert dead.body == b'{"name":"red"}'


async def test_what_is_handed_back_comes_again_uncharged(connection: BrokerConnection, publisher: Publisher) -> None:
    recorder = Recorder(HandedBack(), Done())
    async with consuming(connection, recorder):
        await publisher.publish_event(ThingMade(name="red"))
        await recorder.seen(2)
    first, second = recorder.messages
    assert (second.id, second.body, second.attempt) == (first.id, first.body, 1)


async def test_a_refusal_goes_to_the_dead_letters(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    async with consuming(connection, Recorder(Conflict("thing_broken", "The thing is broken."))):
        await publisher.publish_event(ThingMade(name="red"))
        await until_ready(broker, f"{QUEUE}.dead", 1)
    dead = await take(broker, f"{QUEUE}.dead")
    assert dead.headers["fiapx-reason"] == "thing_broken: The thing is broken."


async def test_an_absence_is_tried_again(connection: BrokerConnection, publisher: Publisher) -> None:
    recorder = Recorder(Unavailable("store_unavailable", "No store."), Done())
    async with consuming(connection, recorder):
        await publisher.publish_event(ThingMade(name="red"))
        await recorder.seen(2)
    assert [message.attempt for message in recorder.messages] == [1, 2]
    assert recorder.messages[1].errors == 0


async def test_a_surprise_is_tried_again_and_then_given_up(
    broker: Broker, connection: BrokerConnection, publisher: Publisher
) -> None:
    recorder = Recorder(KeyError("name"))
    async with consuming(connection, recorder, max_errors=2):
        await publisher.publish_event(ThingMade(name="red"))
        await until_ready(broker, f"{QUEUE}.dead", 1)
    assert [message.errors for message in recorder.messages] == [0, 1]


@pytest.mark.parametrize("body", [b"", b"{", b'{"name":null}', b"\xff\xfe\x00", b"[" * 100_000])
async def test_a_poisoned_body_is_buried_and_the_next_message_is_handled(
    broker: Broker, connection: BrokerConnection, publisher: Publisher, body: bytes
) -> None:
    handled: list[str] = []

    async def handle(event: ThingMade, _message: Message) -> Word:
        handled.append(event.name)
        return Done()

    async with consuming(connection, EventDispatch().on(ThingMade, handle), concurrency=1):
        poison = aio_pika.Message(body, headers={"cloudEvents:type": TYPE})
        await publish_raw(broker, poison, EVENTS, TYPE)
        await publisher.publish_event(ThingMade(name="red"))
        await until(lambda: handled == ["red"])
        await until_ready(broker, f"{QUEUE}.dead", 1)
    dead = await take(broker, f"{QUEUE}.dead")
    assert str(dead.headers["fiapx-reason"]).startswith("malformed: ")


async def test_a_message_without_any_property_is_handled(broker: Broker, connection: BrokerConnection) -> None:
    recorder = Recorder()
    async with consuming(connection, recorder):
        await publish_raw(broker, aio_pika.Message(b"x", headers={"fiapx-attempt": "many"}), TASKS, QUEUE)
        await recorder.seen(1)
    (message,) = recorder.messages
    assert (message.type, message.subject, message.attempt) == ("", "", 1)


async def test_no_more_than_its_concurrency_are_handled_at_once(
    connection: BrokerConnection, publisher: Publisher
) -> None:
    running = peak = done = 0

    async def handle(_event: ThingMade, _message: Message) -> Word:
        nonlocal running, peak, done
        running += 1
        peak = max(peak, running)
        await asyncio.sleep(0.05)
        running -= 1
        done += 1
        return Done()

    async with consuming(connection, EventDispatch().on(ThingMade, handle), concurrency=3):
        await asyncio.gather(*[publisher.publish_event(ThingMade(name=str(number))) for number in range(12)])
        await until(lambda: done == 12)
    assert peak == 3


async def test_a_message_whose_consumers_always_die_ends_in_the_dead_letters(
    broker: Broker, connection: BrokerConnection, publisher: Publisher, give_up: GiveUp
) -> None:
    async with consuming(connection, Recorder()):
        pass  # declares the queue
    await publisher.publish_event(ThingMade(name="red"))
    await give_up(QUEUE)
    await until_ready(broker, f"{QUEUE}.dead", 1)
    assert (await broker.queue(QUEUE)).ready == 0


async def test_a_consumer_that_is_not_started_fails_its_check(connection: BrokerConnection) -> None:
    with pytest.raises(Unavailable):
        await Consumer(connection, QUEUE, [TYPE], Recorder()).check()


async def test_a_consumer_at_work_passes_its_check(connection: BrokerConnection) -> None:
    async with consuming(connection, Recorder()) as consumer:
        await consumer.check()
