"""Errors as RFC 9457 problem+json."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from fiapx_common.errors import FiapxError, FieldError, Invalid, Throttled, Unavailable
from fiapx_common.http.measuring import route_of
from fiapx_common.pydantic_fields import fields_of

log = structlog.get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[dict[str, HTTPStatus]] = {
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "denied": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "gone": HTTPStatus.GONE,
    "precondition_failed": HTTPStatus.PRECONDITION_FAILED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "throttled": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}

_HTTP_CODES: Final = {404: "route_not_found", 405: "method_not_allowed"}


class ProblemField(BaseModel):
    """One field that is wrong."""

    field: str
    message: str
    code: str


class Problem(BaseModel):
    """An error's body (RFC 9457), with our stable `code` and the `trace_id` to quote."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    trace_id: str | None = None
    errors: list[ProblemField] = []


@dataclass(frozen=True)
class Words:
    """How a problem is told to people."""

    type: str
    title: str
    detail: str
    languages: str | None = None
    """What `Content-Language` says; None: the words are the same for everybody."""


Wording = Callable[[Headers, HTTPStatus, str, str], Words]
"""Makes the words of the request's headers, the status, the code, and the detail as it was raised."""


def plain_words(_headers: Headers, status: HTTPStatus, _code: str, detail: str) -> Words:
    """Those that need no registry."""
    return Words("about:blank", status.phrase, detail)


def problem_response(error: FiapxError, request: Headers, wording: Wording = plain_words) -> Response:
    """The answer to an error of our tree, to whoever sent these headers."""
    headers: dict[str, str] = {}
    if isinstance(error, Throttled | Unavailable):
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    if error.kind == "unauthenticated":
        headers["WWW-Authenticate"] = "Bearer"
    fields = error.fields if isinstance(error, Invalid) else ()
    status = STATUSES[error.kind]
    return _respond(status, error.code, wording(request, status, error.code, error.detail), fields, headers)


def install_problems(app: FastAPI, wording: Wording = plain_words) -> None:
    """Makes every error of an app, on unknown routes too, a problem."""

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, FiapxError):
            raise error
        return problem_response(error, request.headers, wording)

    async def malformed(request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        wrong = Invalid("invalid_request", "Some fields are not as they should be.", fields_of(error.errors()))
        return problem_response(wrong, request.headers, wording)

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        status, code = HTTPStatus(error.status_code), code_of_status(error.status_code)
        return _respond(status, code, wording(request.headers, status, code, str(error.detail)), headers=error.headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("http.failed", method=request.method, path=route_of(request.scope), exc_info=error)
        detail = "Something went wrong on our side. Please try again; if it stays, quote the trace_id."
        status, code = HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error"
        return _respond(status, code, wording(request.headers, status, code, detail))

    app.add_exception_handler(FiapxError, refused)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def code_of_status(status: int) -> str:
    """The code of an error that only has its status."""
    return _HTTP_CODES.get(status, f"http_{status}")


def _respond(
    status: HTTPStatus,
    code: str,
    words: Words,
    fields: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    context = trace.get_current_span().get_span_context()
    problem = Problem(
        type=words.type,
        title=words.title,
        status=status,
        code=code,
        detail=words.detail,
        trace_id=trace.format_trace_id(context.trace_id) if context.is_valid else None,
        errors=[ProblemField(field=one.field, message=one.message, code=one.code) for one in fields],
    )
    answer = JSONResponse(problem.model_dump(mode="json"), status, headers=headers, media_type=MEDIA_TYPE)
    if words.languages:
        answer.headers["Content-Language"] = words.languages
        answer.headers.add_vary_header("Accept-Language")
    return answer
