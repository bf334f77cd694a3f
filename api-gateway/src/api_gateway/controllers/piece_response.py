"""Answers whose bytes come piece by piece, and leave nothing open behind them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Self

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api_gateway.controllers.answer_headers import asks_for_headers_only
from api_gateway.services.ports import Pieces


class PieceResponse(StreamingResponse):
    """Sends pieces as fast as the client takes them; closes them in the end, however that comes."""

    def __init__(self, first: bytes, pieces: Pieces, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(_after(first, pieces), media_type=media_type, headers=headers)
        self._pieces = pieces

    @classmethod
    async def begin(cls, pieces: Pieces, media_type: str, headers: Mapping[str, str]) -> Self:
        """Awaits the first piece, while an error can still become a problem."""
        try:
            first = await anext(pieces, b"")
        except BaseException:
            await pieces.aclose()
            raise
        return cls(first, pieces, media_type, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._pieces):
            if asks_for_headers_only(scope):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await super().__call__(scope, receive, send)


async def _after(first: bytes, pieces: Pieces) -> AsyncIterator[bytes]:
    yield first
    async for piece in pieces:
        yield piece
