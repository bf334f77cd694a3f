"""A video's id in a path: what is no UUID names no video."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path

from api_gateway.entities.errors import VideoNotFound


def _video_id(video_id: Annotated[str, Path(json_schema_extra={"format": "uuid"})]) -> UUID:
    try:
        parsed = UUID(video_id)
    except ValueError as error:
        raise VideoNotFound from error
    if str(parsed) != video_id.lower():
        raise VideoNotFound
    return parsed


VideoId = Annotated[UUID, Depends(_video_id)]
