"""Keys of uploaded files, read back."""

from typing import Final
from uuid import UUID

import structlog

from upload_service.entities.video import source_key

log = structlog.get_logger(__name__)
PREFIX: Final = source_key(UUID(int=0)).rpartition("/")[0] + "/"


def video_of(key: str) -> UUID | None:
    """Whose file it is; None for a key that is not ours."""
    try:
        return UUID(key.removeprefix(PREFIX))
    except ValueError:
        log.warning("source.unknown", key=key)
        return None
