"""Nothing that a test has told is left for the next one."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fiapx_common.messaging import BrokerConnection, Consumer, Done, Envelope, GaveUp, Message, RetryIn, Word, connect
from fiapx_common.settings import BrokerSettings
from fiapx_testing.brokers import Broker
from fiapx_testing.telling import Teller
from fiapx_testing.waiting import until
from pydantic import SecretStr

QUEUE = "testing.telling"
TYPE = "testing.told.v1"


@pytest.fixture
async def connection(broker: Broker) -> AsyncIterator[BrokerConnection]:
    async with connect(BrokerSettings(url=SecretStr(broker.url)), "tests") as opened:
        yield opened


@pytest.fixture
def teller(connection: BrokerConnection) -> Teller:
    return Teller(connection, QUEUE)


def told(number: int) -> Envelope:
    return Envelope(type=TYPE, subject=str(number), body=b"{}")


async def test_what_consumers_are_at_or_put_off_is_waited_for(connection: BrokerConnection, teller: Teller) -> None:
    finished = []

    async def slow(message: Message) -> Word:
        await asyncio.sleep(0.3)
        if message.subject == "0" and message.attempt == 1:
            return RetryIn(1, "not yet")
        finished.append(message.subject)
        return Done()

    async with Consumer(connection, QUEUE, [TYPE], slow, concurrency=2).running():
        for _ in range(2):
            for number in range(4):
                await teller.tell(told(number))
            await teller.forget()
            assert sorted(finished) == ["0", "1", "2", "3"]
            finished.clear()


async def test_what_nobody_consumes_any_more_is_removed(
    connection: BrokerConnection, teller: Teller, broker: Broker
) -> None:
    async def never(_: Message) -> Word:
        return Done()

    async with Consumer(connection, QUEUE, [TYPE], never).running():
        pass
    await teller.tell(told(1))
    assert (await broker.queue(QUEUE)).ready == 1
    await teller.forget()
    assert (await broker.queue(QUEUE)).ready == 0


async def test_dead_letters_are_removed(connection: BrokerConnection, teller: Teller, broker: Broker) -> None:
    async def refuse(_: Message) -> Word:
        return GaveUp("never")

    async with Consumer(connection, QUEUE, [TYPE], refuse).running():
        await teller.tell(told(1))

        async def is_dead() -> bool:
            return (await broker.queue(f"{QUEUE}.dead")).ready == 1

        await until(is_dead)
        await teller.forget()
    assert (await broker.queue(f"{QUEUE}.dead")).ready == 0
