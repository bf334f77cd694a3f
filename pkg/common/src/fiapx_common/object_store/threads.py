"""Runs the synchronous client in threads: a bounded pool, errors translated, each request a span.

Spans follow OpenTelemetry's semantic conventions for the AWS SDK: `S3.PutObject`.
"""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from opentelemetry import trace

from fiapx_common.metrics import calling
from fiapx_common.object_store.failures import failures_translated
from fiapx_common.settings import StoreSettings

T = TypeVar("T")
_tracer = trace.get_tracer("fiapx_common.object_store")


def attributes_of(settings: StoreSettings) -> Mapping[str, str]:
    """What all spans of one store have."""
    return {
        "rpc.system": "aws-api",
        "rpc.service": "S3",
        "aws.s3.bucket": settings.bucket,
        "server.address": settings.endpoint.partition(":")[0],
    }


class StoreThreads:
    """At most `size` calls at once; more wait for a thread."""

    def __init__(self, size: int, span_attributes: Mapping[str, str]) -> None:
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="object-store")
        self._span_attributes = span_attributes

    async def run(self, operation: str, key: str, call: Callable[[], T]) -> T:
        """The call's answer. If the caller is cancelled, a request already sent goes on and its answer is dropped.

        `operation`: as S3 names it.
        """
        return await asyncio.wrap_future(self._submit(operation, key, call))

    async def read_on(self, key: str, call: Callable[[], T]) -> T:
        """More of an answer that was opened: as `run`, without a span for each piece."""
        return await asyncio.wrap_future(self._pool.submit(_translated, key, call))

    async def open(self, operation: str, key: str, call: Callable[[], T], close: Callable[[T], object]) -> T:
        """As `run`, for an answer that must be closed: also when the caller is cancelled before it arrives."""
        future = self._submit(operation, key, call)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            future.add_done_callback(partial(_close_result, close))
            raise

    def close(self) -> None:
        """Lets requests under way end by themselves."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, operation: str, key: str, call: Callable[[], T]) -> Future[T]:
        context = contextvars.copy_context()
        return self._pool.submit(context.run, self._traced, operation, key, call)

    def _traced(self, operation: str, key: str, call: Callable[[], T]) -> T:
        attributes = {**self._span_attributes, "rpc.method": operation, "aws.s3.key": key}
        with _tracer.start_as_current_span(f"S3.{operation}", kind=trace.SpanKind.CLIENT, attributes=attributes):
            return _measured(operation, key, call)


def _measured(operation: str, key: str, call: Callable[[], T]) -> T:
    with calling("store", operation):
        return _translated(key, call)


def _translated(key: str, call: Callable[[], T]) -> T:
    with failures_translated(key):
        return call()


def _close_result(close: Callable[[T], object], future: Future[T]) -> None:
    if not future.cancelled() and future.exception() is None:
        close(future.result())
