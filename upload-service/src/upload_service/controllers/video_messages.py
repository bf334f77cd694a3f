"""A video as a protocol message."""

from fiapx_common.grpc.timestamps import timestamp
from fiapx_proto.upload.v1 import upload_pb2

from upload_service.entities.video import Video


def to_message(video: Video) -> upload_pb2.Video:
    """What the caller may see of it."""
    archive = video.archive
    return upload_pb2.Video(
        id=str(video.id),
        user_id=str(video.user_id),
        filename=video.filename,
        size_bytes=video.size_bytes,
        sha256=video.sha256 or "",
        external_id=video.external_id or "",
        metadata_json=video.metadata_json or "",
        tags=video.tags,
        status=video.status,
        progress=video.progress,
        options_json=video.options_json,
        media_json=video.media.model_dump_json() if video.media else "",
        frame_count=archive.frame_count if archive else None,
        frames_expected=video.frames_expected,
        frames_ready=video.frames_ready,
        archive_bytes=archive.size_bytes if archive else None,
        warnings=[upload_pb2.Warning(code=one.code, message=one.message) for one in video.warnings],
        error=_failure(video),
        attempt=video.attempt,
        created_at=timestamp(video.created_at),
        started_at=timestamp(video.started_at),
        finished_at=timestamp(video.finished_at),
        expires_at=timestamp(video.expires_at),
        source_expires_at=timestamp(video.source_expires_at),
    )


def _failure(video: Video) -> upload_pb2.Failure | None:
    error = video.error
    return upload_pb2.Failure(code=error.code, message=error.message, hint=error.hint) if error else None
