"""Spans of child processes, by OpenTelemetry's semantic conventions for command-line programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath

from opentelemetry import trace

_tracer = trace.get_tracer(__name__)


@contextmanager
def child_span(program: str) -> Iterator[trace.Span]:
    """The time with children of one program, named after it.

    Nothing becomes a child of this span: it may be open in a generator, whose caller's spans are none of its own.
    """
    name = PurePath(program).name
    span = _tracer.start_span(name, attributes={"process.executable.name": name})
    try:
        yield span
    except Exception as error:
        span.record_exception(error)
        span.set_status(trace.Status(trace.StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        span.end()
