"""Edits of what the caller has seen, and of nothing newer (RFC 9110, 8.8.3 and 13.1.1)."""

import re
from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import Depends, Header
from fiapx_common.errors import FieldError, Invalid
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request

HEADER: Final = "If-Match"
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS: Final = re.compile(rf"[ \t]*(?:{_TAG}[ \t]*)?(?:,[ \t]*(?:{_TAG}[ \t]*)?)*")
_OURS: Final = re.compile(r'"([0-9a-f]{1,15})"')
_ANY: Final = "*"
_DESCRIPTION: Final = (
    "The `ETag` that you have seen, or several with commas between. If what you edit has another one by now, nothing "
    "is changed and the answer is 412, unless it is already as you want it. Without this header it is changed in any "
    "case."
)
VERSION_HEADERS: Final = {
    "ETag": {"description": "Strong: another one after each change", "schema": {"type": "string"}}
}


def version_etag(version: int) -> str:
    """The strong validator of a row's version."""
    return f'"{version:x}"'


def read_versions(lines: Sequence[str]) -> tuple[int, ...] | None:
    """The versions that an edit may start from; None: any. Compares strongly: a weak tag names none, as others' tags.

    Raises:
        Invalid: no list of entity tags.
    """
    text = ",".join(lines).strip()
    if not lines or text == _ANY:
        return None
    if not text.strip(", 	") or not _TAGS.fullmatch(text):
        message = 'must be * or ETags with their quotes, such as "64a1f"'
        raise Invalid("invalid_request", f"The header {HEADER} {message}.", [FieldError(HEADER, message)])
    ours = (_OURS.fullmatch(tag) for tag in re.findall(_TAG, text))
    return tuple(int(found[1], 16) for found in ours if found)


def _versions_of(
    request: Request,
    told: Annotated[  # noqa: ARG001 (for the document: of several lines FastAPI would give one)
        str | SkipJsonSchema[None], Header(alias=HEADER, description=_DESCRIPTION, examples=['"64a1f"'])
    ] = None,
) -> tuple[int, ...] | None:
    return read_versions(request.headers.getlist(HEADER))


IfMatch = Annotated[tuple[int, ...] | None, Depends(_versions_of)]
"""None where there is no condition."""
