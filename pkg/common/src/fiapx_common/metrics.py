"""Metrics that every service has: requests answered, calls to others, and what it is. Exemplars lead to traces."""

import time
from asyncio import CancelledError
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Final

from opentelemetry import trace
from prometheus_client import Counter, Gauge, Histogram

from fiapx_common.errors import FiapxError, Unavailable

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_CALL_BUCKETS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30)

HTTP_REQUESTS: Final = Counter("fiapx_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
HTTP_SECONDS: Final = Histogram(
    "fiapx_http_request_seconds", "Time to the answer's end.", ["method", "route"], buckets=_BUCKETS
)
GRPC_REQUESTS: Final = Counter("fiapx_grpc_requests_total", "RPCs answered.", ["method", "code"])
GRPC_SECONDS: Final = Histogram("fiapx_grpc_request_seconds", "Time to the answer's end.", ["method"], buckets=_BUCKETS)
CALLS: Final = Counter(
    "fiapx_dependency_calls_total",
    "Calls to others by how they ended: ok, refused (an error that is an answer), unavailable, failed, cancelled.",
    ["dependency", "operation", "result"],
)
CALL_SECONDS: Final = Histogram(
    "fiapx_dependency_call_seconds", "Time of calls to others.", ["dependency", "operation"], buckets=_CALL_BUCKETS
)
CHECKS: Final = Gauge(
    "fiapx_readiness_passed", "Whether a readiness check passed when it was last asked for.", ["check"]
)
_BUILD: Final = Gauge("fiapx_build_info", "1; the labels tell what runs here.", ["service", "version"])


def exemplar() -> dict[str, str] | None:
    """The present trace, for a histogram's `observe(…, exemplar=…)`."""
    context = trace.get_current_span().get_span_context()
    return {"trace_id": trace.format_trace_id(context.trace_id)} if context.is_valid else None


def call_ended(dependency: str, operation: str, result: str, seconds: float) -> None:
    """Counts and times a call; within its span, so that the exemplar is its trace."""
    CALLS.labels(dependency, operation, result).inc()
    CALL_SECONDS.labels(dependency, operation).observe(seconds, exemplar=exemplar())


@contextmanager
def calling(dependency: str, operation: str, answers: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Around one call whose errors are those of our tree; `answers` are errors that are no sign of an outage."""
    began, result = time.perf_counter(), "ok"
    try:
        yield
    except BaseException as error:
        result = "refused" if isinstance(error, answers) else _result_of(error)
        raise
    finally:
        call_ended(dependency, operation, result, time.perf_counter() - began)


def tell_build(service: str) -> None:
    """Names the service and the release: all packages of the repository carry the same version."""
    _BUILD.labels(service, version("fiapx-common")).set(1)


def _result_of(error: BaseException) -> str:
    match error:
        case Unavailable():
            return "unavailable"
        case FiapxError():
            return "refused"
        case CancelledError() | GeneratorExit():
            return "cancelled"
        case _:
            return "failed"
