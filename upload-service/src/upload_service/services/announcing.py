"""A video's news as the events that other services hear."""

from fiapx_models.events import VideoCancelled, VideoDeleted, VideoEnded, VideoUploaded

from upload_service.entities.video import Video


def uploaded(video: Video, content_sha256: str | None = None) -> VideoUploaded:
    """An attempt may begin; `content_sha256` where it was taken here, and not merely declared by the client."""
    return VideoUploaded(
        video_id=video.id,
        user_id=video.user_id,
        attempt=video.attempt,
        filename=video.filename,
        source_key=video.source_key,
        size_bytes=video.size_bytes,
        options_json=video.options_json,
        external_id=video.external_id,
        metadata_json=video.metadata_json,
        content_sha256=content_sha256,
    )


def ended(video: Video) -> VideoEnded:
    """The attempt is completed or failed, and stays so."""
    if video.finished_at is None:
        raise AssertionError(f"a video that is {video.status} has ended")
    return VideoEnded(
        video_id=video.id,
        user_id=video.user_id,
        attempt=video.attempt,
        filename=video.filename,
        frame_count=video.archive.frame_count if video.archive else None,
        warnings=list(video.warnings),
        error=video.error,
        finished_at=video.finished_at,
        external_id=video.external_id,
        metadata_json=video.metadata_json,
        tags=list(video.tags),
    )


def cancelled(video: Video) -> VideoCancelled:
    """The attempt is to stop."""
    return VideoCancelled(
        video_id=video.id,
        user_id=video.user_id,
        attempt=video.attempt,
        filename=video.filename,
        finished_at=video.finished_at,
        external_id=video.external_id,
        metadata_json=video.metadata_json,
        tags=list(video.tags),
    )


def deleted(video: Video) -> VideoDeleted:
    """All that was made of it may go."""
    return VideoDeleted(video_id=video.id, user_id=video.user_id, attempt=video.attempt)
