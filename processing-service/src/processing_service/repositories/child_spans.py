"""Spans of child processes, by OpenTelemetry's semantic conventions for command-line programs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace

_tracer = trace.get_tracer(__name__)


@contextmanager
def child_span(name: str, attributes: Mapping[str, str]) -> Iterator[trace.Span]:
    """The time with child processes of one kind.

    Nothing becomes a child of this span: it may be open in a generator, whose caller's spans are none of its own.
    """
    span = _tracer.start_span(name, attributes=attributes)
    try:
        yield span
    except Exception as error:
        span.record_exception(error)
        span.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        span.end()
