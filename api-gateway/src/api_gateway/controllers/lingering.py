"""The middleware that reads on for a while when an answer comes before the end of a request's body.

Closing with unread bytes makes the kernel reset the connection, and a client that is still sending never sees why.
"""

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SMALL_BYTES: Final = 64 * 1024
"""A declared body up to this is read whole, and the connection kept."""


class Lingering:
    """Answers at once, reads on up to `max_bytes` or `max_s`, then closes."""

    def __init__(self, app: ASGIApp, max_bytes: int = 64 * 1024 * 1024, max_s: float = 5.0) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_s = max_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(Headers(scope=scope), receive)
        closing = False

        async def answer(message: Message) -> None:
            nonlocal closing
            if message["type"] == "http.response.start":
                if body.is_small:
                    await self._read_on(body)
                closing = not body.ended
                if closing:
                    MutableHeaders(scope=message)["connection"] = "close"
            last = message["type"] == "http.response.body" and not message.get("more_body", False)
            if not (closing and last):
                await send(message)
                return
            await send({**message, "more_body": True})
            await self._read_on(body)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, body.receive, answer)

    async def _read_on(self, body: "_Body") -> None:
        if body.never_asked_for:
            # With `Expect: 100-continue` unanswered, the client sends nothing.
            return
        limit_bytes = body.read_bytes + self._max_bytes
        try:
            async with asyncio.timeout(self._max_s):
                while not body.ended and body.read_bytes < limit_bytes:
                    await body.receive()
        except TimeoutError:
            return


class _Body:
    """Watches how far a request's body has been read."""

    def __init__(self, headers: Headers, receive: Receive) -> None:
        declared = headers.get("content-length", "")
        self._receive = receive
        self._expects = headers.get("expect", "").lower() == "100-continue"
        self._asked = False
        self._declared_bytes = int(declared) if declared.isascii() and declared.isdigit() else 0
        self.read_bytes = 0
        self.ended = self._declared_bytes == 0 and "transfer-encoding" not in headers

    @property
    def is_small(self) -> bool:
        """Declared, and so small that reading it costs nothing."""
        return 0 < self._declared_bytes <= _SMALL_BYTES

    @property
    def never_asked_for(self) -> bool:
        """The client waits for a word before it sends, and has not got it."""
        return self._expects and not self._asked

    async def receive(self) -> Message:
        """The next message; counts its bytes."""
        self._asked = True
        message = await self._receive()
        self.read_bytes += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self.ended = True
        return message
