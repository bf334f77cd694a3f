"""Ids as callers write them."""

from uuid import UUID

from fiapx_common.errors import FieldError, Invalid


def user_of(text: str) -> UUID:
    """The caller, told by the gateway."""
    return id_of(text, "user_id")


def id_of(text: str, field: str) -> UUID:
    """Raises Invalid, with the field's name."""
    try:
        return UUID(text)
    except ValueError as error:
        wrong = FieldError(field, "must be a UUID")
        raise Invalid("invalid_request", f"The {field} is not a UUID.", [wrong]) from error
