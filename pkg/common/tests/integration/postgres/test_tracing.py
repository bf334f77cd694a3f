"""Statements are spans, polls are not."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from fiapx_common.messaging import BrokerConnection, Publisher
from fiapx_common.postgres import OutboxRelay, check_database, transaction
from fiapx_common.settings import BrokerSettings, TelemetrySettings
from fiapx_common.telemetry import start_telemetry
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture
def spans(engine: AsyncEngine) -> Iterator[InMemorySpanExporter]:
    """Those that end from now on."""
    start_telemetry("test-service", TelemetrySettings())
    provider = trace.get_tracer_provider()
    assert isinstance(provider, TracerProvider)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


def names(spans: InMemorySpanExporter) -> list[str]:
    return [span.name for span in spans.get_finished_spans()]


async def test_a_statement_is_a_span_of_its_callers_trace(engine: AsyncEngine, spans: InMemorySpanExporter) -> None:
    with trace.get_tracer("tests").start_as_current_span("request") as request:
        async with transaction(engine) as connection:
            await connection.execute(sa.text("SELECT 1"))
    selects = [span for span in spans.get_finished_spans() if span.name.startswith("SELECT")]
    assert [span.context.trace_id for span in selects] == [request.get_span_context().trace_id]


async def test_neither_polls_nor_checks_are_spans(engine: AsyncEngine, spans: InMemorySpanExporter) -> None:
    nobody = BrokerConnection(BrokerSettings(url=SecretStr("amqp://x:y@127.0.0.1:1/")), "test-service")
    async with OutboxRelay(engine, Publisher(nobody), poll_s=0.01).running():
        await check_database(engine)
    assert names(spans) == []
