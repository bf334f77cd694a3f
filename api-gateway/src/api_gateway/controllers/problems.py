"""The problems that calls may answer with, as the OpenAPI document tells them."""

from collections import defaultdict
from http import HTTPStatus
from typing import Any, Final

from fiapx_common.http.problem import MEDIA_TYPE
from fiapx_models.problems import DEFAULT_LANGUAGE, Told, problem_of

from api_gateway.controllers.problem_words import problem_type

Responses = dict[int | str, dict[str, Any]]
"""What FastAPI's `responses=` takes."""

STREAMED: Final = "Streamed"
"""Describes an answer without a length, and so without a validator of its bytes."""
LOCATION: Final = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}

REPEATABLE: Final = ("idempotency_key_in_use", "idempotency_key_reused", "invalid_idempotency_key")
"""Of calls that take an `Idempotency-Key`."""

_RETRY_AFTER: Final = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_WAIT: Final = frozenset({429, 503})


def problems(*codes: str, status: int | None = None) -> Responses:
    """Responses for FastAPI's `responses=`: one per status, an example per code, of its usual status unless told."""
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes:
        by_status[status or _told(code).statuses[0]].append(code)
    return {status: _response(status, found) for status, found in by_status.items()}


def _told(code: str) -> Told:
    told = problem_of(code)
    if told is None or not told.statuses:
        raise KeyError(code)
    return told


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    media = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {code: {"value": _example(status, code)} for code in codes},
    }
    response: dict[str, Any] = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: media}}
    if status in _WAIT:
        response["headers"] = _RETRY_AFTER
    return response


def _example(status: int, code: str) -> dict[str, Any]:
    told = _told(code)
    return {
        "type": problem_type(code),
        "title": told.title[DEFAULT_LANGUAGE],
        "status": status,
        "code": code,
        "detail": told.detail(DEFAULT_LANGUAGE),
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "errors": [],
    }
