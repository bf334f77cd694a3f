"""A stream's trace ends where it began: in the task of its call."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

import grpc


class StreamClosing(grpc.aio.ServerInterceptor):
    """Closes the generator of OpenTelemetry's interceptor, the next one within, when a call is cancelled.

    gRPC leaves a generator that is cancelled while an answer is being sent to the garbage collector, which closes it in
    a task of its own, where OpenTelemetry can't detach the context that it attached ("Failed to detach context").
    """

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Any]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Any:
        """Handlers that answer once are left as they are."""
        handler = await continuation(handler_call_details)
        if handler is None or not handler.response_streaming:
            return handler
        streams, one = grpc.stream_stream_rpc_method_handler, grpc.unary_stream_rpc_method_handler
        make = streams if handler.request_streaming else one
        behaviour = handler.stream_stream if handler.request_streaming else handler.unary_stream
        return make(
            _writing(behaviour),
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )


def _writing(behaviour: Callable[..., Any]) -> Callable[..., Awaitable[None]]:
    async def write(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> None:
        async with aclosing(behaviour(request, context)) as answers:
            async for answer in answers:
                await context.write(answer)

    return write
