"""Ids in a path: what is no UUID names no video."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path

from api_gateway.entities.errors import VideoNotFound

_SCHEMA: Final[dict[str, Any]] = {"format": "uuid"}


def _video_id(video_id: Annotated[str, Path(json_schema_extra=_SCHEMA)]) -> UUID:
    return _parsed(video_id)


def _upload_id(upload_id: Annotated[str, Path(json_schema_extra=_SCHEMA)]) -> UUID:
    return _parsed(upload_id)


def _parsed(text: str) -> UUID:
    try:
        parsed = UUID(text)
    except ValueError as error:
        raise VideoNotFound from error
    if str(parsed) != text.lower():
        raise VideoNotFound
    return parsed


VideoId = Annotated[UUID, Depends(_video_id)]
UploadId = Annotated[UUID, Depends(_upload_id)]
"""An upload's id is its video's."""
