"""The middleware that names all methods of a path where one is refused (RFC 9110, 15.5.6)."""

from collections.abc import Sequence
from http import HTTPMethod, HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS: Final = [method for method in HTTPMethod if method not in {HTTPMethod.CONNECT, HTTPMethod.TRACE}]


class AllowedMethods:
    """Routers know one route at a time, and each route only its own methods; hence all routes are asked here."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Routing writes into the scope.
        asked = dict(scope)

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                MutableHeaders(scope=message)["Allow"] = ", ".join(self._allowed(asked))
            await send(message)

        await self._app(scope, receive, named)

    def _allowed(self, asked: Scope) -> list[str]:
        found = {
            method
            for method in _METHODS
            if any(route.matches({**asked, "method": method})[0] is Match.FULL for route in self._routes)
        }
        # HEAD is answered wherever GET is.
        return sorted(found | ({HTTPMethod.HEAD} if HTTPMethod.GET in found else set()))
