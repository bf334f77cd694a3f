"""What frames may be called in the archive."""

import re
from typing import Annotated

from pydantic import AfterValidator

_LENGTH = 100
_FIELD = re.compile(r"\{([^{}]*)\}")
_KNOWN_FIELDS = re.compile(r"index(?::\d)?|time|pts")
_LITERAL = re.compile(r"[A-Za-z0-9._-]*")


def _lawful_template(value: str) -> str:
    if not 1 <= len(value) <= _LENGTH:
        raise ValueError(f"must have 1 to {_LENGTH} characters")
    fields = _FIELD.findall(value)
    if not all(_KNOWN_FIELDS.fullmatch(field) for field in fields):
        raise ValueError("knows the fields {index}, {time} and {pts} only")
    if not fields or not fields[0].startswith("index") or sum(field.startswith("index") for field in fields) > 1:
        raise ValueError("must have {index} once and as its first field, since names sort in time order")
    if not _LITERAL.fullmatch(_FIELD.sub("", value)):
        raise ValueError("may hold letters, digits, dots, underscores and hyphens besides its fields")
    if value.startswith("."):
        raise ValueError("must not begin with a dot")
    return value


Template = Annotated[str, AfterValidator(_lawful_template)]
