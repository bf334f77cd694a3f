"""A streaming call whose bytes go on piece by piece."""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

import grpc
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import answered_by

from api_gateway.services.ports import Pieces


class _HasChunk(Protocol):
    @property
    def chunk(self) -> bytes: ...


M = TypeVar("M", bound=_HasChunk)


@dataclass(frozen=True)
class StreamTimeouts:
    """In seconds: for each message, and for the whole stream, which lasts as long as a client takes to read it."""

    message_s: float
    total_s: float


class PieceStream(Pieces, Generic[M]):
    """The chunks of a call's messages. Nothing is read ahead of who asks, but what gRPC's window holds."""

    def __init__(self, call: grpc.aio.UnaryStreamCall[Any, M], callee: str, timeouts: StreamTimeouts) -> None:
        self._call = call
        self._messages = aiter(call)
        self._callee = callee
        self._timeouts = timeouts

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        return (await self.message()).chunk

    async def message(self) -> M:
        """The next message as it is.

        Raises:
            StopAsyncIteration: there is none.
            Unavailable: it does not come in time.
            FiapxError: what the callee refused.
        """
        try:
            with answered_by(self._callee):
                async with asyncio.timeout(self._timeouts.message_s):
                    return await anext(self._messages)
        except TimeoutError as error:
            detail = f"The {self._callee} service does not answer at the moment."
            raise Unavailable("service_unavailable", detail) from error

    async def aclose(self) -> None:
        # Behind interceptors, a closed iterator does not end the call.
        self._call.cancel()
