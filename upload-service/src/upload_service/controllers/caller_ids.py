"""Ids as callers write them."""

from uuid import UUID

from fiapx_common.errors import FieldError, Invalid

from upload_service.entities.errors import VideoNotFound


def user_of(text: str) -> UUID:
    """The caller, told by the gateway."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(
            "invalid_user_id", "The user's id is no UUID.", [FieldError("user_id", "must be a UUID")]
        ) from error


def video_of(text: str) -> UUID:
    """What is no id is the id of no video."""
    try:
        return UUID(text)
    except ValueError as error:
        raise VideoNotFound from error
