"""The middleware that counts and times every HTTP answer by its route."""

import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fiapx_common.metrics import HTTP_REQUESTS, HTTP_SECONDS, exemplar

_NO_ANSWER: Final = 499
"""nginx's word for: the client left before the answer."""


class Measuring:
    """Routes are told by their template, so that an id never becomes a label."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = _NO_ANSWER

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = route_of(scope)
            method = scope["method"]
            HTTP_REQUESTS.labels(method, route, str(status)).inc()
            HTTP_SECONDS.labels(method, route).observe(time.perf_counter() - began, exemplar=exemplar())


def route_of(scope: Scope) -> str:
    """The template of the route that a request has taken: an id, or a secret in a path, is never in it."""
    return getattr(scope.get("route"), "path", "unmatched")
