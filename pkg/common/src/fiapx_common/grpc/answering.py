"""What every RPC gets: metrics, and errors told as statuses. Nothing unexpected leaves with its inner words."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import grpc
import structlog

from fiapx_common.errors import FiapxError
from fiapx_common.grpc.refusing import stop_sending
from fiapx_common.grpc.statuses import to_status
from fiapx_common.metrics import GRPC_REQUESTS, GRPC_SECONDS, exemplar

log = structlog.get_logger(__name__)
Context = grpc.aio.ServicerContext[Any, Any]
Told = Callable[[Context], AbstractAsyncContextManager[None]]


class Answering(grpc.aio.ServerInterceptor):
    """Wraps each handler once."""

    def __init__(self) -> None:
        self.under_way = 0
        """Handlers that have not ended. What they said may not have been taken yet."""

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Wraps the handler by its shape, one of four."""
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        method = handler_call_details.method
        wrap = _wrap_stream if handler.response_streaming else _wrap_unary
        shape = ("stream" if handler.request_streaming else "unary") + (
            "_stream" if handler.response_streaming else "_unary"
        )
        make = getattr(grpc, f"{shape}_rpc_method_handler")
        return make(
            wrap(getattr(handler, shape), partial(self._told, method)),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )

    @asynccontextmanager
    async def _told(self, method: str, context: Context) -> AsyncIterator[None]:
        self.under_way += 1
        try:
            async with _told(method, context):
                yield
        finally:
            self.under_way -= 1


def _wrap_unary(behaviour: Callable[..., Awaitable[Any]], told: Told) -> Callable[..., Awaitable[Any]]:
    async def answer(request: Any, context: Context) -> Any:
        async with told(context):
            try:
                return await behaviour(request, context)
            except Exception:
                if hasattr(request, "__aiter__"):
                    await stop_sending(request, context)
                raise

    return answer


def _wrap_stream(behaviour: Callable[..., Any], told: Told) -> Callable[..., AsyncIterator[Any]]:
    async def answer(request: Any, context: Context) -> AsyncIterator[Any]:
        async with told(context):
            answers = behaviour(request, context)
            if not hasattr(answers, "__aiter__"):
                # health and reflection write to the context instead of yielding
                await answers
                return
            async for message in answers:
                yield message

    return answer


@asynccontextmanager
async def _told(method: str, context: Context) -> AsyncIterator[None]:
    began = time.perf_counter()
    code = "OK"
    try:
        yield
    except FiapxError as error:
        status = to_status(error)
        code = status.code.name
        log.info("rpc.refused", method=method, code=error.code, detail=error.detail)
        await context.abort_with_status(status)
    except asyncio.CancelledError:
        code = "CANCELLED"
        raise
    except grpc.aio.AbortError:
        code = "ABORTED_BY_HANDLER"
        raise
    except Exception:
        code = "INTERNAL"
        log.exception("rpc.failed", method=method)
        await context.abort(grpc.StatusCode.INTERNAL, "internal error")
    finally:
        GRPC_REQUESTS.labels(method, code).inc()
        GRPC_SECONDS.labels(method).observe(time.perf_counter() - began, exemplar=exemplar())
