"""A client that still sends when it is refused: it is asked to stop first, and then told why.

gRPC's asyncio client puts INTERNAL in place of the status that came when a write of its own fails afterwards
(grpc/grpc#36066). So a refusal is announced by the answer's initial metadata, which otherwise come with the answer;
the client ends its stream on them, and the status follows when nothing is written any more.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any, Final

import grpc

_ANNOUNCED: Final = (("fiapx-refused", "1"),)
_READ_ON_S: Final = 5.0
"""How long a client may take to stop; one that does not know our announcement never does."""
_END: Final = object()


async def stop_sending(requests: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    """On the server, before the call is aborted: announces the refusal and reads what was under way to its end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_READ_ON_S):
            await context.send_initial_metadata(_ANNOUNCED)
            async for _ in requests:
                pass


class StopsWhenRefused(grpc.aio.StreamUnaryClientInterceptor):
    """On the client: ends the stream of requests as soon as the server has begun to answer."""

    async def intercept_stream_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request_iterator: Any
    ) -> Any:
        answered = asyncio.Event()
        call = await continuation(client_call_details, _until(answered, request_iterator))
        watching = asyncio.create_task(_watch(call, answered))
        call.add_done_callback(lambda _call: watching.cancel())
        return call


async def _watch(call: Any, answered: asyncio.Event) -> None:
    with suppress(grpc.aio.AioRpcError):
        await call.initial_metadata()
    answered.set()


async def _until(answered: asyncio.Event, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async with AsyncExitStack() as ending:
        end = _ended_with(ending, answered.wait())
        while True:
            async with AsyncExitStack() as asking:
                following = _ended_with(asking, _next(requests))
                await asyncio.wait((following, end), return_when=asyncio.FIRST_COMPLETED)
                request = _END if end.done() else following.result()
            if request is _END:
                return
            yield request


async def _next(requests: AsyncIterator[Any]) -> Any:
    return await anext(requests, _END)


def _ended_with(stack: AsyncExitStack, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    task = asyncio.create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.wait({task})

    stack.push_async_callback(end)
    return task
