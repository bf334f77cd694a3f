"""The header of requests that may be sent again (draft-ietf-httpapi-idempotency-key-header-07)."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request

from api_gateway.entities.errors import IdempotencyKeyInvalid

HEADER: Final = "Idempotency-Key"
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\["\\])*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_DESCRIPTION: Final = (
    "Your own name for this request, a new UUID for each is good; with or without quotes around it. Sent again within "
    "24 hours, the same request under the same key makes nothing new and gets the same answer. Another request under "
    "it is refused by 422, one that comes while the first is still under way by 409. A refused request leaves its key "
    "free. Other users' keys are apart from yours."
)


def read_key(line: str) -> str:
    """The key in a header's line: a String of RFC 8941, as the draft says, or the bare text, as most clients send it.

    How long it may be, and of which characters, upload-service knows.

    Raises:
        IdempotencyKeyInvalid: nothing in it, or quotes that don't close.
    """
    text = line.strip()
    if text.startswith('"'):
        quoted = _QUOTED.fullmatch(text)
        if quoted is None:
            raise IdempotencyKeyInvalid("must have a closing quote at its end, or no quotes at all")
        text = _ESCAPED.sub(r"\1", quoted[1])
    if not text:
        raise IdempotencyKeyInvalid("must not be empty; leave it out where you have no key")
    return text


def _key_of(
    request: Request,
    told: Annotated[
        str | SkipJsonSchema[None],
        Header(
            alias=HEADER,
            description=_DESCRIPTION,
            examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
            json_schema_extra={"minLength": 1, "maxLength": 255},
        ),
    ] = None,
) -> str:
    if told is None:
        return ""
    if len(request.headers.getlist(HEADER)) > 1:
        raise IdempotencyKeyInvalid("must be given once")
    return read_key(told)


IdempotencyKey = Annotated[str, Depends(_key_of)]
"""Empty where there is none."""
