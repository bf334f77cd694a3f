"""A connection to a virtual host of the test's own."""

import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
from fiapx_common.messaging import BrokerConnection, Publisher, connect
from fiapx_common.messaging.connecting import Purpose
from fiapx_common.messaging.topology import DELIVERY_LIMIT
from fiapx_common.settings import BrokerSettings
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.settings import StackSettings
from fiapx_local.stack import PortTaken, Stack
from fiapx_testing.brokers import Broker
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr


@pytest.fixture
async def connection(broker: Broker) -> AsyncIterator[BrokerConnection]:
    async with connect(BrokerSettings(url=SecretStr(broker.url)), "test-service") as opened:
        yield opened


@pytest.fixture
def publisher(connection: BrokerConnection) -> Publisher:
    return Publisher(connection)


@pytest.fixture
def give_up(connection: BrokerConnection) -> Callable[[str], Awaitable[None]]:
    """Takes a queue's only message and returns it, as one dying consumer after the other, until the broker gives up."""

    async def give_up(queue_name: str) -> None:
        queue = await (await connection.channel(Purpose.CONSUMING)).get_queue(queue_name)
        for _ in range(DELIVERY_LIMIT + 1):
            message = await queue.get(timeout=PATIENCE_S)
            assert message is not None
            await message.nack(requeue=True)

    return give_up


@pytest.fixture
async def unserved() -> AsyncIterator[BrokerConnection]:
    """A connection to a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"amqp://x:y@127.0.0.1:{taken.getsockname()[1]}/"
        async with connect(BrokerSettings(url=SecretStr(url)), "test-service") as opened:
            yield opened


@pytest.fixture(scope="session")
def rabbitmq_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with RabbitMQ only, which a test may kill; its supervisor starts it again. Has the services' users."""
    state = tmp_path_factory.mktemp("rabbitmq")
    for base in random.sample(range(12_000, 19_900, 50), 5):
        stack = Stack(StackSettings(Layout(state), Ports.from_base(base), durable=False))
        try:
            stack.start(only=["rabbitmq"])
        except PortTaken:
            continue
        break
    else:
        raise PortTaken("no free ports were found")
    yield stack
    stack.stop()
