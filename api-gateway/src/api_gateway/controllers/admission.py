"""The middleware before every API route: who asks, and how often; refuses before a body is asked for."""

import math
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends
from fiapx_common.http.problem import problem_response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_gateway.controllers.hidden_tokens import SHARES_PREFIX
from api_gateway.controllers.problem_words import words_of
from api_gateway.controllers.session_cookies import access_cookie
from api_gateway.entities.addresses import Network, client_address, is_over_tls
from api_gateway.entities.callers import Caller, Identity
from api_gateway.entities.errors import TooManyRequests
from api_gateway.entities.rates import Door, Quota
from api_gateway.services.admitting import Admitting

_PREFIX: Final = "/api/v1/"
_DOORS: Final = {"/api/v1/auth/": Door.SIGNING_IN, SHARES_PREFIX: Door.SHARES}
"""By their paths' beginnings; all others are `Door.API`."""
_BEARER: Final = "bearer"
READING: Final = frozenset({"GET", "HEAD"})


class Admission:
    """Leaves who asks, from where and how safely in the request's state, and rate limits in the answer's headers."""

    def __init__(self, app: ASGIApp, admitting: Admitting, trusted_proxies: Sequence[Network]) -> None:
        self._app = app
        self._admitting = admitting
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        peer = scope["client"][0] if scope["client"] else ""
        address = client_address(peer, _joined(headers, "x-forwarded-for"), self._trusted_proxies)
        over_tls = is_over_tls(scope["scheme"], _joined(headers, "x-forwarded-proto"), peer, self._trusted_proxies)
        identity = await self._admitting.identify(_access_token(headers, scope["method"]))
        quota = await self._admitting.count(identity, address, _door(scope["path"]))
        scope.setdefault("state", {}).update(identity=identity, address=address, over_tls=over_tls)

        async def limited(message: Message) -> None:
            if quota is not None and message["type"] == "http.response.start":
                _tell(quota, MutableHeaders(scope=message))
            await send(message)

        if quota is not None and not quota.allowed:
            refusal = problem_response(TooManyRequests(math.ceil(quota.reset_s)), headers, words_of)
            await refusal(scope, receive, limited)
            return
        await self._app(scope, receive, limited)


def identity_of(request: Request) -> Identity:
    """Who asks, or why it isn't known."""
    identity: Identity = request.state.identity
    return identity


def caller_of(request: Request) -> Caller:
    """Who asks; raises where it isn't known."""
    identity = identity_of(request)
    if isinstance(identity, Caller):
        return identity
    raise identity


CurrentCaller = Annotated[Caller, Depends(caller_of)]


def address_of(request: Request) -> str:
    """From where it is asked."""
    address: str = request.state.address
    return address


def _door(path: str) -> Door:
    return next((door for beginning, door in _DOORS.items() if path.startswith(beginning)), Door.API)


def _access_token(headers: Headers, method: str) -> str | None:
    """The header's token; without that header a browser's cookie, which may only read."""
    if "authorization" not in headers:
        return access_cookie(headers) if method in READING else None
    scheme, _, token = headers["authorization"].partition(" ")
    return token.strip() if scheme.lower() == _BEARER else None


def _joined(headers: Headers, name: str) -> str:
    """All lines of a header as one: a proxy may add a line of its own behind those that the client made up."""
    return ",".join(headers.getlist(name))


def _tell(quota: Quota, headers: MutableHeaders) -> None:
    """draft-ietf-httpapi-ratelimit-headers-10."""
    policy = quota.policy
    headers["RateLimit-Policy"] = f'"{policy.name}";q={policy.limit};w={policy.window_s}'
    headers["RateLimit"] = f'"{policy.name}";r={quota.remaining};t={math.ceil(quota.reset_s)}'
