"""Which spans are recorded."""

from fiapx_common.trace_sampling import sampler
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind


def tracer(ratio: float = 1) -> trace.Tracer:
    return TracerProvider(sampler=sampler(ratio)).get_tracer("tests")


def test_a_request_begins_a_trace() -> None:
    assert tracer().start_span("GET /", kind=SpanKind.SERVER).is_recording()


def test_a_statement_that_belongs_to_no_request_begins_none() -> None:
    assert not tracer().start_span("SELECT", kind=SpanKind.CLIENT).is_recording()


def test_a_statement_within_a_request_is_a_span() -> None:
    spans = tracer()
    with spans.start_as_current_span("GET /", kind=SpanKind.SERVER):
        assert spans.start_span("SELECT", kind=SpanKind.CLIENT).is_recording()


def test_a_ratio_of_nothing_records_nothing() -> None:
    assert not tracer(0).start_span("GET /", kind=SpanKind.SERVER).is_recording()


def test_a_callers_decision_outranks_the_ratio() -> None:
    asked = trace.SpanContext(7, 7, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED))
    context = trace.set_span_in_context(trace.NonRecordingSpan(asked))
    assert tracer(0).start_span("GET /", context, SpanKind.SERVER).is_recording()
