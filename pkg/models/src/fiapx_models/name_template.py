"""What frames may be called in the archive."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_LENGTH = 100
_FIELD = re.compile(r"\{([^{}]*)\}")
_KNOWN_FIELDS = re.compile(r"index(?::[1-9])?|time|pts")
_LITERAL = re.compile(r"[A-Za-z0-9._-]*")
_KEPT_BY_WINDOWS = re.compile(r"(?:con|prn|aux|nul|(?:com|lpt)(?:[0-9]|\{index:1\}))(?:\..*)?", re.IGNORECASE)


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be a text such as frame_{index}_{time}")
    return value


def _lawful_template(value: str) -> str:
    if not 1 <= len(value) <= _LENGTH:
        raise ValueError(f"must have 1 to {_LENGTH} characters")
    fields = _FIELD.findall(value)
    if not all(_KNOWN_FIELDS.fullmatch(field) for field in fields):
        raise ValueError("knows the fields {index}, {index:1} to {index:9}, {time} and {pts} only")
    if not fields or not fields[0].startswith("index") or sum(field.startswith("index") for field in fields) > 1:
        raise ValueError("must have {index} once and as its first field, since names sort in time order")
    if not _LITERAL.fullmatch(_FIELD.sub("", value)):
        raise ValueError("may hold letters, digits, dots, underscores and hyphens besides its fields")
    if value.startswith("."):
        raise ValueError("must not begin with a dot")
    if _KEPT_BY_WINDOWS.fullmatch(value):
        raise ValueError(
            "must not begin with a name that Windows keeps for its devices, such as con or lpt1, and a dot"
        )
    return value


Template = Annotated[str, BeforeValidator(_text), AfterValidator(_lawful_template)]
