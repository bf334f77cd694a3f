"""One interceptor for every shape of call that we make."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import grpc

Continuation = Callable[[grpc.aio.ClientCallDetails, Any], Awaitable[Any]]
"""Goes on with the call; answers it."""


class EachCall(
    grpc.aio.UnaryUnaryClientInterceptor,
    grpc.aio.UnaryStreamClientInterceptor,
    grpc.aio.StreamUnaryClientInterceptor,
    ABC,
):
    """Those that do the same whatever the shape only say what."""

    @abstractmethod
    async def call(self, continuation: Continuation, details: grpc.aio.ClientCallDetails, request: Any) -> Any:
        """Goes on with `continuation(details, request)`; `request` is an iterator where the client streams."""

    async def intercept_unary_unary(
        self, continuation: Continuation, client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await self.call(continuation, client_call_details, request)

    async def intercept_unary_stream(
        self, continuation: Continuation, client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await self.call(continuation, client_call_details, request)

    async def intercept_stream_unary(
        self, continuation: Continuation, client_call_details: grpc.aio.ClientCallDetails, request_iterator: Any
    ) -> Any:
        return await self.call(continuation, client_call_details, request_iterator)
