"""Dead letters: seen without being taken, sent again without being lost."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from fiapx_common.messaging import (
    BrokerConnection,
    Consumer,
    DeadLetter,
    Done,
    GaveUp,
    Message,
    Publisher,
    RetryIn,
    Unroutable,
    Word,
    holding,
)
from fiapx_common.messaging.connecting import Purpose
from fiapx_common.messaging.topology import DELIVERY_LIMIT
from fiapx_testing.brokers import Broker
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import BaseModel

QUEUE = "test.things"
DEAD = f"{QUEUE}.dead"
TYPE = "thing.made.v1"


GiveUp = Callable[[str], Awaitable[None]]


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = TYPE
    name: str

    def subject(self) -> str:
        return self.name


@asynccontextmanager
async def answering(connection: BrokerConnection, *words: Word) -> AsyncIterator[list[Message]]:
    """What a consumer gets, who answers with each word in turn and then always with the last one."""
    seen: list[Message] = []

    async def handle(message: Message) -> Word:
        seen.append(message)
        return words[min(len(seen), len(words)) - 1]

    async with Consumer(connection, QUEUE, [TYPE], handle, drain_s=5).running():
        yield seen


async def until_ready(broker: Broker, queue: str, count: int) -> None:
    async def is_ready() -> bool:
        return (await broker.queue(queue)).ready == count

    await until(is_ready)


async def bury(broker: Broker, connection: BrokerConnection, *names: str, reason: str = "not a thing") -> None:
    async with answering(connection, GaveUp(reason)):
        for name in names:
            await Publisher(connection).publish_event(ThingMade(name=name))
        await until_ready(broker, DEAD, len(names))


async def look(connection: BrokerConnection, at_most: int = 100) -> Sequence[DeadLetter]:
    async with holding(connection, QUEUE, at_most) as held:
        return held.letters


async def test_a_dead_letter_tells_what_it_is_and_why_it_died(broker: Broker, connection: BrokerConnection) -> None:
    await bury(broker, connection, "red", reason="it is not a thing")
    (letter,) = await look(connection)
    message = letter.message
    assert (message.queue, message.type, message.subject, message.attempt) == (QUEUE, TYPE, "red", 1)
    assert (letter.reason, letter.redrives) == ("it is not a thing", 0)
    assert letter.died_at is not None
    assert timedelta(0) <= datetime.now(UTC) - letter.died_at < timedelta(seconds=2 * PATIENCE_S)


async def test_a_dead_letter_of_the_broker_tells_why_it_died(
    broker: Broker, connection: BrokerConnection, give_up: GiveUp
) -> None:
    async with answering(connection, RetryIn(1, "not yet"), Done()) as seen:
        await Publisher(connection).publish_event(ThingMade(name="red"))
        await until(lambda: len(seen) == 1)
    await until_ready(broker, QUEUE, 1)
    await give_up(QUEUE)
    await until_ready(broker, DEAD, 1)
    (letter,) = await look(connection)
    assert letter.reason == "the broker gave up (delivery_limit), tried again before for: not yet"
    assert letter.message.attempt == 2
    assert letter.died_at is not None


async def test_looking_at_dead_letters_does_not_wear_them_out(broker: Broker, connection: BrokerConnection) -> None:
    await bury(broker, connection, "red", "blue")
    for _ in range(DELIVERY_LIMIT + 2):
        assert [letter.message.subject for letter in await look(connection)] == ["red", "blue"]
        await until_ready(broker, DEAD, 2)


async def test_what_was_not_asked_for_is_counted(broker: Broker, connection: BrokerConnection) -> None:
    await bury(broker, connection, "red", "blue", "green")
    async with holding(connection, QUEUE, 2) as held:
        assert [letter.message.subject for letter in held.letters] == ["red", "blue"]
        assert held.more == 1


async def test_a_queue_that_nobody_declared_has_no_dead_letters(connection: BrokerConnection) -> None:
    assert await look(connection) == ()


async def test_a_redriven_message_comes_as_if_for_the_first_time(broker: Broker, connection: BrokerConnection) -> None:
    async with answering(connection, RetryIn(1, "not yet", unexpected=True), GaveUp("not a thing"), Done()) as seen:
        await Publisher(connection).publish_event(ThingMade(name="red"))
        await until_ready(broker, DEAD, 1)
        async with holding(connection, QUEUE, 1) as held:
            await held.redrive(held.letters[0])
        await until(lambda: len(seen) == 3)
    first, second, redriven = seen
    assert (second.attempt, second.errors) == (2, 1)
    assert (redriven.attempt, redriven.errors, redriven.redelivered) == (1, 0, False)
    assert (redriven.id, redriven.body, redriven.subject) == (first.id, first.body, first.subject)
    assert {"fiapx-reason", "fiapx-queue", "fiapx-died-at"}.isdisjoint(redriven.headers)
    assert (await broker.queue(DEAD)).ready == 0


async def test_a_message_that_dies_again_tells_how_often_it_was_redriven(
    broker: Broker, connection: BrokerConnection
) -> None:
    async with answering(connection, GaveUp("not a thing"), GaveUp("still not a thing")) as seen:
        await Publisher(connection).publish_event(ThingMade(name="red"))
        await until_ready(broker, DEAD, 1)
        async with holding(connection, QUEUE, 1) as held:
            await held.redrive(held.letters[0])
        await until(lambda: len(seen) == 2)
        await until_ready(broker, DEAD, 1)
    (letter,) = await look(connection)
    assert (letter.reason, letter.redrives) == ("still not a thing", 1)


async def test_only_what_was_chosen_leaves(broker: Broker, connection: BrokerConnection) -> None:
    await bury(broker, connection, "red", "blue", "green")
    async with holding(connection, QUEUE, 100) as held:
        await held.redrive(held.letters[1])
        await held.discard(held.letters[2])
    await until_ready(broker, QUEUE, 1)
    assert [letter.message.subject for letter in await look(connection)] == ["red"]


async def test_a_message_that_no_queue_takes_stays_a_dead_letter(broker: Broker, connection: BrokerConnection) -> None:
    await bury(broker, connection, "red")
    channel = await connection.channel(Purpose.CONSUMING)
    await channel.queue_delete(QUEUE)
    async with holding(connection, QUEUE, 1) as held:
        with pytest.raises(Unroutable):
            await held.redrive(held.letters[0])
    await until_ready(broker, DEAD, 1)
