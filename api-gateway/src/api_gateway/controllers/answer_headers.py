"""The outermost middlewares: headers that every answer carries, and HEAD as a GET without its body."""

from collections.abc import Sequence
from typing import Final

from opentelemetry import trace
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.controllers.hidden_tokens import SHARES_PREFIX

API_PREFIX: Final = "/api/"
_HEAD: Final = "asks_for_headers_only"
_PRIVATE_PREFIX: Final = "/api/v1/"
_API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
_DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
DOCS_PATH: Final = "/api/docs"


class SecurityHeaders:
    """Tells browsers what they must not do with an answer."""

    def __init__(self, app: ASGIApp, store_origins: Sequence[str]) -> None:
        self._app = app
        self._page_policy = _page_policy(store_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
                headers.setdefault("Content-Security-Policy", self._policy(scope["path"]))
                headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
                if scope["path"].startswith(_PRIVATE_PREFIX):
                    headers.setdefault("Cache-Control", "no-store")
                if scope["path"].startswith(SHARES_PREFIX):
                    # Whoever has the address has the video: nobody may keep the answer, or list the address.
                    headers["Cache-Control"] = "no-store"
                    headers["X-Robots-Tag"] = "noindex"
            await send(message)

        await self._app(scope, receive, secured)

    def _policy(self, path: str) -> str:
        if path.startswith(DOCS_PATH):
            return _DOCS_POLICY
        return _API_POLICY if path.startswith(API_PREFIX) else self._page_policy


class TraceHeader:
    """Tells the request's trace, to quote when something went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                context = trace.get_current_span().get_span_context()
                if context.is_valid:
                    MutableHeaders(scope=message)["X-Trace-Id"] = trace.format_trace_id(context.trace_id)
            await send(message)

        await self._app(scope, receive, traced)


class HeadAsGet:
    """Answers HEAD wherever GET is known (RFC 9110, 9.3.2); the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET", "state": {**scope.get("state", {}), _HEAD: True}}
        await self._app(scope, receive, send)


def asks_for_headers_only(scope: Scope) -> bool:
    """The client sent HEAD: a body that costs something need not be made."""
    return bool(scope.get("state", {}).get(_HEAD))


def _page_policy(store_origins: Sequence[str]) -> str:
    sources = " ".join(["'self'", *store_origins])
    return (
        f"default-src 'self'; connect-src {sources}; img-src {sources} blob: data:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
