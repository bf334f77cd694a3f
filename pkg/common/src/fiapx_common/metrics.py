"""Metrics: requests by route and method, with exemplars that lead to their traces."""

from typing import Final

from opentelemetry import trace
from prometheus_client import Counter, Histogram

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

HTTP_REQUESTS: Final = Counter("fiapx_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
HTTP_SECONDS: Final = Histogram(
    "fiapx_http_request_seconds", "Time to the answer's end.", ["method", "route"], buckets=_BUCKETS
)
GRPC_REQUESTS: Final = Counter("fiapx_grpc_requests_total", "RPCs answered.", ["method", "code"])
GRPC_SECONDS: Final = Histogram("fiapx_grpc_request_seconds", "Time to the answer's end.", ["method"], buckets=_BUCKETS)


def exemplar() -> dict[str, str] | None:
    """The present trace, for a histogram's `observe(…, exemplar=…)`."""
    context = trace.get_current_span().get_span_context()
    return {"trace_id": trace.format_trace_id(context.trace_id)} if context.is_valid else None
