"""A video as a row, and back."""

from typing import Any

import sqlalchemy as sa
from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import VideoStatus

from upload_service.entities.video import Archive, Video

_SAME = (
    "id",
    "user_id",
    "filename",
    "size_bytes",
    "sha256",
    "external_id",
    "metadata_json",
    "options_json",
    "attempt",
    "progress",
    "frames_expected",
    "frames_ready",
    "created_at",
    "started_at",
    "finished_at",
    "expires_at",
    "source_expires_at",
    "deleted_at",
)


def to_row(video: Video) -> dict[str, Any]:
    """All columns that the entity knows."""
    archive = video.archive
    return {
        **{name: getattr(video, name) for name in _SAME},
        "status": video.status.value,
        "tags": list(video.tags),
        "media": video.media.model_dump(mode="json") if video.media else None,
        "warnings": [one.model_dump(mode="json") for one in video.warnings],
        "error": video.error.model_dump(mode="json") if video.error else None,
        "archive_key": archive.key if archive else None,
        "manifest_key": archive.manifest_key if archive else None,
        "archive_bytes": archive.size_bytes if archive else None,
        "frame_count": archive.frame_count if archive else None,
    }


def from_row(row: sa.RowMapping) -> Video:
    """The entity."""
    return Video(
        **{name: row[name] for name in _SAME},
        status=VideoStatus(row["status"]),
        tags=tuple(row["tags"]),
        media=Media.model_validate(row["media"]) if row["media"] else None,
        warnings=tuple(Warned.model_validate(one) for one in row["warnings"]),
        error=Failure.model_validate(row["error"]) if row["error"] else None,
        archive=_archive(row),
    )


def _archive(row: sa.RowMapping) -> Archive | None:
    if row["archive_key"] is None:
        return None
    return Archive(row["archive_key"], row["manifest_key"], row["archive_bytes"], row["frame_count"])
