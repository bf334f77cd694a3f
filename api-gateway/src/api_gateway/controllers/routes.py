"""Strict routes: unknown query parameters are refused, JSON bodies are bounded, a needed caller is known first."""

from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, ClassVar, Final

import structlog
from fastapi import APIRouter, Security, params
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from fiapx_common.errors import FieldError, Invalid
from fiapx_common.http.measuring import route_of
from fiapx_models.scopes import Scope
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api_gateway.controllers.admission import READING, caller_of
from api_gateway.controllers.bodies import LARGE_JSON_BYTES, SMALL_JSON_BYTES, with_json_body
from api_gateway.controllers.problems import problems
from api_gateway.entities.errors import NotByApiKey, ScopeMissing

log = structlog.get_logger(__name__)

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_BEARER: Final = HTTPBearer(auto_error=False, scheme_name="accessToken", bearerFormat="JWT")
_CLIENT_LEFT: Final = 499


class StrictRoute(APIRoute):
    """A route that anybody may call."""

    most_json_bytes: ClassVar[int] = SMALL_JSON_BYTES

    def get_route_handler(self) -> Handler:
        """FastAPI's handler behind the checks."""
        handle = super().get_route_handler()
        known = {parameter.alias for parameter in self.dependant.query_params}

        async def strict(request: Request) -> Response:
            self.admit(request)
            _refuse_unknown(request, known)
            try:
                return await handle(await self._with_body(request))
            except ClientDisconnect:
                log.info("request.abandoned", path=route_of(request.scope))
                return Response(status_code=_CLIENT_LEFT)

        return strict

    def admit(self, request: Request) -> None:
        """Anybody."""

    async def _with_body(self, request: Request) -> Request:
        return await with_json_body(request, self.most_json_bytes) if self.body_field else request


class CallerRoute(StrictRoute):
    """A route that needs a caller; without one the answer is the same whatever else is wrong with the request."""

    def admit(self, request: Request) -> None:
        """Only somebody we know, and no API key."""
        if caller_of(request).scopes is not None:
            raise NotByApiKey


class KeyRoute(CallerRoute):
    """A route that is also for API keys: those of `videos:read` where it only reads, else those of `videos:write`."""

    def admit(self, request: Request) -> None:
        """Only somebody we know, and of keys those with the scope."""
        scopes = caller_of(request).scopes
        needed = Scope.VIDEOS_READ if request.method in READING else Scope.VIDEOS_WRITE
        if scopes is not None and needed not in scopes:
            raise ScopeMissing(needed)


class LargeBodyRoute(KeyRoute):
    """A route whose callers may have much to tell."""

    most_json_bytes = LARGE_JSON_BYTES


def public_router(**settings: Any) -> APIRouter:
    """Routes that anybody may call."""
    return APIRouter(route_class=StrictRoute, responses=problems("invalid_request", "rate_limited"), **settings)


def caller_router(
    route_class: type[CallerRoute] = CallerRoute, dependencies: Sequence[params.Depends] = (), **settings: Any
) -> APIRouter:
    """Routes that need an access token, `KeyRoute`s an access token or an API key."""
    known = problems(
        "invalid_request",
        *("missing_token", "invalid_token", "token_expired", "session_ended", "invalid_api_key"),
        "missing_scope" if issubclass(route_class, KeyRoute) else "not_by_api_key",
        "rate_limited",
    )
    return APIRouter(
        route_class=route_class, responses=known, dependencies=[Security(_BEARER), *dependencies], **settings
    )


def _refuse_unknown(request: Request, known: Collection[str]) -> None:
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        fields = [FieldError(name, "is not a parameter of this call", "unknown_parameter") for name in unknown]
        raise Invalid("unknown_parameter", "There are query parameters that this call does not know.", fields)
