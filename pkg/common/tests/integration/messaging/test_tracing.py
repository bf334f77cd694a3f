"""One trace from the sender to the handler."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import ClassVar

import pytest
from fiapx_common.messaging import BrokerConnection, Consumer, Done, Message, Publisher, RetryIn, Word
from fiapx_testing.brokers import Broker
from opentelemetry import trace
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from pydantic import BaseModel

QUEUE = "test.things"


class ThingMade(BaseModel):
    TYPE: ClassVar[str] = "thing.made.v1"

    def subject(self) -> str:
        return "red"


class Tracing:
    """Notes the trace that each message is handled in; the first one is retried."""

    def __init__(self) -> None:
        self.trace_ids: list[int] = []
        self.done = asyncio.Event()

    async def __call__(self, message: Message) -> Word:
        self.trace_ids.append(trace.get_current_span().get_span_context().trace_id)
        if message.attempt == 1:
            return RetryIn(1, "not now")
        self.done.set()
        return Done()


@pytest.fixture(params=[False, True], ids=["plain", "instrumented"])
def instrumented(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Services run with OpenTelemetry's instrumentation of aio-pika, tools may not."""
    instrumentor = AioPikaInstrumentor()
    was = instrumentor.is_instrumented_by_opentelemetry
    if was:
        instrumentor.uninstrument()
    if request.param:
        instrumentor.instrument()
    yield bool(request.param)
    if request.param:
        instrumentor.uninstrument()
    if was:
        instrumentor.instrument()


@pytest.fixture
async def tracing(instrumented: bool, broker: Broker, connection: BrokerConnection) -> AsyncIterator[Tracing]:
    handler = Tracing()
    async with Consumer(connection, QUEUE, [ThingMade.TYPE], handler).running():
        yield handler


async def test_handlers_run_in_the_trace_of_the_sender(publisher: Publisher, tracing: Tracing) -> None:
    with TracerProvider().get_tracer("tests").start_as_current_span("request") as span:
        await publisher.publish_event(ThingMade())
    await asyncio.wait_for(tracing.done.wait(), 10)
    assert tracing.trace_ids == [span.get_span_context().trace_id] * 2


async def test_a_message_kept_for_later_is_sent_in_the_trace_that_it_remembers(
    publisher: Publisher, tracing: Tracing
) -> None:
    remembered = f"00-{7:032x}-{7:016x}-01"
    await publisher.publish_event(ThingMade(), headers={"traceparent": remembered})
    await asyncio.wait_for(tracing.done.wait(), 10)
    assert tracing.trace_ids == [7, 7]
