"""Traces: one provider per process, W3C `traceparent` everywhere, exported by OTLP when an endpoint is set."""

from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor
from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from fiapx_common.logs import configure_logging
from fiapx_common.settings import TelemetrySettings

_EXPORT_TIMEOUT_S: Final = 5


def start_telemetry(service: str, settings: TelemetrySettings) -> None:
    """Configures logs, and traces once per process (OpenTelemetry's provider can't be replaced).

    FastAPI, gRPC and SQLAlchemy are instrumented where their objects are made (`http`, `grpc`, `postgres`).
    """
    configure_logging(service, settings)
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=_EXPORT_TIMEOUT_S)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    AioPikaInstrumentor().instrument()
    RedisInstrumentor().instrument()
    LoggingInstrumentor().instrument()
