"""A job's news as the events that other services hear."""

from datetime import UTC, datetime

from fiapx_models.events import VideoFailed, VideoProcessed, VideoProcessingStarted
from fiapx_models.media import Failure, Media

from processing_service.entities.archive import archive_key, manifest_key
from processing_service.entities.job import Job
from processing_service.services.row_ports import Result


def started(job: Job, media: Media, frames_expected: int) -> VideoProcessingStarted:
    """The plan stands."""
    return VideoProcessingStarted(
        video_id=job.key.video_id,
        user_id=job.request.user_id,
        attempt=job.key.attempt,
        media=media,
        frames_expected=frames_expected,
        started_at=datetime.now(UTC),
    )


def processed(job: Job, result: Result) -> VideoProcessed:
    """The archive stands."""
    if job.media is None:
        raise AssertionError(f"a job in {job.state} has been planned")
    return VideoProcessed(
        video_id=job.key.video_id,
        user_id=job.request.user_id,
        attempt=job.key.attempt,
        filename=job.request.filename,
        media=job.media,
        frame_count=result.frame_count,
        archive_key=archive_key(result.key),
        archive_bytes=result.archive_bytes,
        manifest_key=manifest_key(result.key),
        warnings=list(result.warnings),
        finished_at=datetime.now(UTC),
    )


def failed(job: Job, failure: Failure) -> VideoFailed:
    """There will be no archive."""
    return VideoFailed(
        video_id=job.key.video_id,
        user_id=job.request.user_id,
        attempt=job.key.attempt,
        filename=job.request.filename,
        error=failure,
        finished_at=datetime.now(UTC),
    )
