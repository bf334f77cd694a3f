"""A real OTLP receiver: what services export arrives here over gRPC, as it would in a collector."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from fiapx_testing.waiting import PATIENCE_S

_POLL_S = 0.1


@dataclass(frozen=True)
class ReceivedSpan:
    """One span; ids in hexadecimal, `parent_id` empty for a root."""

    service: str
    name: str
    kind: str
    """SERVER, CLIENT, PRODUCER, CONSUMER or INTERNAL."""
    trace_id: str
    span_id: str
    parent_id: str
    began_ns: int
    ended_ns: int
    failed: bool
    attributes: Mapping[str, object]
    events: Sequence[Mapping[str, object]]
    """The attributes of each."""


class TraceReceiver(TraceServiceServicer):
    """Keeps every span that it is sent."""

    def __init__(self) -> None:
        self.endpoint = ""
        self._lock = threading.Lock()
        self._spans: list[ReceivedSpan] = []

    def Export(  # noqa: N802 (gRPC's name)
        self, request: ExportTraceServiceRequest, _context: grpc.ServicerContext
    ) -> ExportTraceServiceResponse:
        """Takes one batch."""
        received = list(_spans_of(request))
        with self._lock:
            self._spans += received
        return ExportTraceServiceResponse()

    def spans(self, trace_id: str | None = None) -> list[ReceivedSpan]:
        """All that came, or those of one trace, in the order of their beginnings."""
        with self._lock:
            kept = [span for span in self._spans if trace_id in {None, span.trace_id}]
        return sorted(kept, key=lambda span: span.began_ns)

    def wait_for(
        self, trace_id: str, whole: Callable[[Sequence[ReceivedSpan]], bool], *, within_s: float = PATIENCE_S
    ) -> list[ReceivedSpan]:
        """The spans of a trace, once `whole` says that nothing is missing. Services send every few seconds.

        Raises:
            AssertionError: something was still missing at the end.
        """
        deadline = time.monotonic() + within_s
        while not whole(found := self.spans(trace_id)):
            names = [f"{span.service}: {span.name}" for span in found]
            assert time.monotonic() < deadline, f"not whole within {within_s} s: {names}"
            time.sleep(_POLL_S)
        return found


@contextmanager
def trace_receiver() -> Iterator[TraceReceiver]:
    """A receiver on a free port of this machine, in threads of its own."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4, thread_name_prefix="otlp"))
    receiver = TraceReceiver()
    add_TraceServiceServicer_to_server(receiver, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    receiver.endpoint = f"http://127.0.0.1:{port}"
    try:
        yield receiver
    finally:
        server.stop(grace=1).wait()


def _spans_of(request: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    for resource in request.resource_spans:
        service = str(_values(resource.resource.attributes).get("service.name", ""))
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield _received(service, span)


def _received(service: str, span: Span) -> ReceivedSpan:
    return ReceivedSpan(
        service=service,
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        began_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        failed=span.status.code == Status.STATUS_CODE_ERROR,
        attributes=_values(span.attributes),
        events=[_values(event.attributes) for event in span.events],
    )


def _values(attributes: Sequence[KeyValue]) -> dict[str, object]:
    return {pair.key: _value(pair.value) for pair in attributes}


def _value(value: AnyValue) -> object:
    held = value.WhichOneof("value")
    if held == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, held) if held else None
