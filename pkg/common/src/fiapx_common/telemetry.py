"""Traces: one provider per process, W3C `traceparent` everywhere, exported by OTLP when an endpoint is set."""

import os
import socket
import threading
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.aio_pika import AioPikaInstrumentor
from opentelemetry.instrumentation.logging import LoggingInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from fiapx_common.logs import configure_logging
from fiapx_common.metrics import tell_build
from fiapx_common.settings import TelemetrySettings
from fiapx_common.trace_sampling import sampler


def start_telemetry(service: str, settings: TelemetrySettings) -> None:
    """Configures logs, and traces once per process (OpenTelemetry's provider can't be replaced).

    FastAPI, gRPC and SQLAlchemy are instrumented where their objects are made (`http`, `grpc`, `postgres`).
    """
    configure_logging(service, settings)
    tell_build(service)
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    provider = _Provider(_resource(service), settings)
    trace.set_tracer_provider(provider)
    AioPikaInstrumentor().instrument()
    RedisInstrumentor().instrument()
    LoggingInstrumentor().instrument(inject_trace_context=True, enable_log_auto_instrumentation=False)


def stop_telemetry() -> None:
    """Sends the last spans, within `flush_s`. For the end of a process: nothing is traced afterwards."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, _Provider):
        provider.flush_and_end()


class _Provider(TracerProvider):
    """A queue of spans in memory and a thread that sends them: whoever is traced never waits, a full queue drops."""

    def __init__(self, resource: Resource, settings: TelemetrySettings) -> None:
        # its own end at exit would wait half a minute for a collector that is away
        super().__init__(sampler=sampler(settings.trace_ratio), resource=resource, shutdown_on_exit=False)
        self._flush_s = settings.flush_s
        self._exporter: OTLPSpanExporter | None = None
        if settings.otlp_endpoint:
            self._exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=settings.export_timeout_s)
            self.add_span_processor(BatchSpanProcessor(self._exporter))

    def flush_and_end(self) -> None:
        if self._exporter is None:
            return
        flushing = threading.Thread(target=self.shutdown, name="last spans", daemon=True)
        flushing.start()
        flushing.join(self._flush_s)
        if flushing.is_alive():
            self._exporter.shutdown()


def _resource(service: str) -> Resource:
    """Of OpenTelemetry's semantic conventions for a service; `OTEL_RESOURCE_ATTRIBUTES` adds to it."""
    return Resource.create(
        {
            "service.namespace": "fiapx",
            "service.name": service,
            "service.version": version("fiapx-common"),
            "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
        }
    )
