"""Ids in a path: what is no UUID names nothing."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path

from api_gateway.entities.errors import UploadNotFound, VideoNotFound

_UUID: Final[dict[str, Any]] = {"format": "uuid"}


def _video_id(video_id: Annotated[str, Path(json_schema_extra=_UUID)]) -> UUID:
    return _parsed(video_id, VideoNotFound)


def _upload_id(upload_id: Annotated[str, Path(json_schema_extra=_UUID)]) -> UUID:
    return _parsed(upload_id, UploadNotFound)


def _parsed(text: str, missing: type[VideoNotFound | UploadNotFound]) -> UUID:
    try:
        parsed = UUID(text)
    except ValueError as error:
        raise missing from error
    if str(parsed) != text.lower():
        raise missing
    return parsed


VideoId = Annotated[UUID, Depends(_video_id)]
UploadId = Annotated[UUID, Depends(_upload_id)]
