"""upload-service's messages as entities."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from fiapx_common.grpc.timestamps import moment
from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import VideoStatus
from fiapx_proto.upload.v1 import upload_pb2

from api_gateway.entities.uploads import UploadDetails
from api_gateway.entities.videos import Video


def read_video(video: upload_pb2.Video) -> Video:
    """A video; empty texts mean nothing, so they become None."""
    return Video(
        id=UUID(video.id),
        filename=video.filename,
        size_bytes=video.size_bytes,
        sha256=video.sha256 or None,
        external_id=video.external_id or None,
        metadata=_json(video.metadata_json),
        tags=tuple(video.tags),
        status=VideoStatus(video.status),
        progress=video.progress,
        options=_json(video.options_json),
        media=Media.model_validate_json(video.media_json) if video.media_json else None,
        frame_count=video.frame_count if video.HasField("frame_count") else None,
        frames_expected=video.frames_expected if video.HasField("frames_expected") else None,
        frames_ready=video.frames_ready,
        archive_bytes=video.archive_bytes if video.HasField("archive_bytes") else None,
        warnings=tuple(Warned(code=one.code, message=one.message) for one in video.warnings),
        error=_failure(video),
        attempt=video.attempt,
        created_at=moment(video.created_at),
        started_at=_moment(video, "started_at"),
        finished_at=_moment(video, "finished_at"),
        expires_at=_moment(video, "expires_at"),
        source_expires_at=_moment(video, "source_expires_at"),
    )


def write_details(details: UploadDetails) -> upload_pb2.UploadDetails:
    """What the user said about the file."""
    return upload_pb2.UploadDetails(
        options_json=details.options_json,
        external_id=details.external_id,
        metadata_json=details.metadata_json,
        tags=details.tags,
    )


def _json(text: str) -> Any:
    return json.loads(text) if text else None


def _failure(video: upload_pb2.Video) -> Failure | None:
    if not video.HasField("error"):
        return None
    return Failure(code=video.error.code, message=video.error.message, hint=video.error.hint)


def _moment(video: upload_pb2.Video, field: Any) -> datetime | None:
    return moment(getattr(video, field)) if video.HasField(field) else None
