"""Request bodies: read piece by piece, bounded in size and time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from http import HTTPStatus
from typing import Final

from fiapx_common.errors import Invalid
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from api_gateway.entities.errors import BodyTooLarge

SMALL_JSON_BYTES: Final = 64 * 1024
"""More than any call needs, but those about uploads."""
LARGE_JSON_BYTES: Final = 1024 * 1024
"""Ten thousand parts with their ETags, or options with as many instants."""
_JSON_TIMEOUT_S: Final = 20.0


def declared_bytes(request: Request) -> int | None:
    """The body's size as the client declares it; None when it doesn't.

    Raises:
        Invalid: no number.
    """
    text = request.headers.get("content-length")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise Invalid("invalid_content_length", "Content-Length is not a number.")
    return int(text)


async def pieces_in_time(request: Request, idle_s: float) -> AsyncGenerator[bytes]:
    """The body as it comes.

    Raises:
        HTTPException: 408, nothing came for `idle_s`.
    """
    async with aclosing(request.stream()) as stream:
        while True:
            try:
                async with asyncio.timeout(idle_s):
                    piece = await anext(stream)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise _too_slow(idle_s) from error
            yield piece


async def with_json_body(request: Request, most_bytes: int) -> Request:
    """The same request with its body read.

    Raises:
        BodyTooLarge: more than `most_bytes`, told before the body is asked for where it is declared.
        HTTPException: 408, it took too long.
    """
    if (declared_bytes(request) or 0) > most_bytes:
        raise BodyTooLarge(most_bytes)
    try:
        async with asyncio.timeout(_JSON_TIMEOUT_S):
            body = await _read(request, most_bytes)
    except TimeoutError as error:
        raise _too_slow(_JSON_TIMEOUT_S) from error

    async def read_already() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, read_already)


async def _read(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most_bytes:
            raise BodyTooLarge(most_bytes)
    return bytes(body)


def _too_slow(waited_s: float) -> HTTPException:
    return HTTPException(HTTPStatus.REQUEST_TIMEOUT, f"The request was given up after waiting {waited_s:g} s for it.")
