"""A field whose value is JSON of the caller's own, read by whoever knows its form."""

from collections.abc import Callable
from typing import Final, TypeVar

from pydantic import ValidationError

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.pydantic_fields import fields_of

T = TypeVar("T")
Path = tuple[int | str, ...]
_CHARACTERS: Final = 256 << 10


def read_json_field(
    field: str, text: str, read: Callable[[str], T], example: str, as_written: Callable[[Path], Path]
) -> T:
    """What `read` makes of the text.

    Args:
        field: its name, which the errors' paths begin with.
        text: JSON, at most 262,144 characters.
        read: raises ValueError where the text is no JSON, pydantic's ValidationError where its values are not lawful.
        example: lawful JSON, to be told to those who wrote none.
        as_written: pydantic's path to a value as the caller wrote it.

    Raises:
        Invalid: `invalid_<field>`; says where it is wrong and why.
    """
    if len(text) > _CHARACTERS:
        raise _invalid(field, [FieldError(field, f"must have at most {_CHARACTERS} characters")])
    try:
        return read(text)
    except ValidationError as error:
        found = [{**one, "loc": as_written(one["loc"])} for one in error.errors()]
        raise _invalid(field, fields_of(found, field)) from error
    except ValueError as error:
        raise _invalid(field, [FieldError(field, f"must be JSON, such as {example}: {error}")]) from error


def _invalid(field: str, fields: list[FieldError]) -> Invalid:
    return Invalid(f"invalid_{field}", f"The {field} are not as they should be.", fields)
