"""What may go wrong, and how it is told.

ClientError
├── ProblemError     the platform answered with an error (RFC 9457)
├── Unreachable      no answer: refused, cut off or timed out
├── TransferBroken   a file did not pass whole
└── WaitTimedOut     a video took longer than the caller wanted to wait
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import time

import httpx
from pydantic import BaseModel, ValidationError


class ClientError(Exception):
    """Something did not work."""


@dataclass(frozen=True)
class ProblemField:
    """One field that is wrong: its path ("sampling.fps") and what would be right."""

    field: str
    message: str
    code: str


class ProblemError(ClientError):
    """The platform's own account of an error. `code` is stable, `trace_id` is what to quote when asking for help."""

    def __init__(
        self,
        *,
        code: str,
        title: str,
        detail: str,
        status: int,
        errors: Sequence[ProblemField] = (),
        trace_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        fields = "; ".join(f"{one.field}: {one.message}" for one in errors)
        super().__init__(f"{status} {code}: {detail} {fields}".rstrip())
        self.code = code
        self.title = title
        self.detail = detail
        self.status = status
        self.errors = tuple(errors)
        self.trace_id = trace_id
        self.retry_after_s = retry_after_s


class Unreachable(ClientError):
    """No answer came."""


class TransferBroken(ClientError):
    """A file did not pass whole."""


class WaitTimedOut(ClientError):
    """The video is not finished yet; it goes on."""


class _Problem(BaseModel):
    code: str
    title: str
    detail: str = ""
    trace_id: str | None = None
    errors: list[ProblemField] = []


def problem_of(response: httpx.Response) -> ProblemError:
    """The error that a read response tells; one that is no problem document (a proxy's page) gets code `http_NNN`."""
    try:
        told = _Problem.model_validate_json(response.content)
    except ValidationError:
        phrase = _phrase(response.status_code)
        told = _Problem(code=f"http_{response.status_code}", title=phrase, detail=phrase)
    return ProblemError(
        code=told.code,
        title=told.title,
        detail=told.detail,
        status=response.status_code,
        errors=told.errors,
        trace_id=told.trace_id,
        retry_after_s=read_retry_after(response.headers.get("retry-after"), now=time()),
    )


def read_retry_after(value: str | None, now: float) -> float | None:
    """Seconds from `now` (Unix time) until another try makes sense: a number or an HTTP date (RFC 9110)."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"HTTP {status}"
