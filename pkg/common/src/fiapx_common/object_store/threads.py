"""Runs the synchronous client in threads: a bounded pool, errors translated, each call a span."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from opentelemetry import trace

from fiapx_common.object_store.failures import failures_translated

P = ParamSpec("P")
T = TypeVar("T")
_tracer = trace.get_tracer("fiapx_common.object_store")


class StoreThreads:
    """At most `size` calls at once; more wait for a thread."""

    def __init__(self, size: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="object-store")

    async def run(self, operation: str, key: str, call: Callable[[], T]) -> T:
        """The call's answer. If the caller is cancelled, a request already sent goes on and its answer is dropped."""
        return await asyncio.wrap_future(self._submit(operation, key, call))

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
        return self._pool.submit(context.run, _traced, operation, key, call)


def _traced(operation: str, key: str, call: Callable[[], T]) -> T:
    with (
        _tracer.start_as_current_span(f"s3.{operation}", kind=trace.SpanKind.CLIENT) as span,
        failures_translated(key),
    ):
        span.set_attribute("aws.s3.key", key)
        return call()


def _close_result(close: Callable[[T], object], future: Future[T]) -> None:
    if not future.cancelled() and future.exception() is None:
        close(future.result())
