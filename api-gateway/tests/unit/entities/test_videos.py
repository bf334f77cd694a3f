"""What can be done with a video."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from api_gateway.entities.videos import Video
from fiapx_models.statuses import VideoStatus

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VIDEO = Video(
    id=UUID(int=1),
    filename="a.mp4",
    size_bytes=1,
    sha256=None,
    external_id=None,
    metadata=None,
    tags=(),
    status=VideoStatus.COMPLETED,
    progress=1.0,
    options={},
    media=None,
    frame_count=1,
    frames_expected=1,
    frames_ready=1,
    archive_bytes=1,
    warnings=(),
    error=None,
    attempt=1,
    created_at=NOW,
    started_at=NOW,
    finished_at=NOW,
    expires_at=NOW + timedelta(days=7),
    source_expires_at=NOW + timedelta(days=7),
)


def test_no_frame_of_an_expired_result_can_be_read() -> None:
    assert VIDEO.readable_frames(NOW) == 1
    assert VIDEO.readable_frames(NOW + timedelta(days=7)) == 0


@pytest.mark.parametrize("status", VideoStatus)
def test_only_a_completed_video_has_a_result(status: VideoStatus) -> None:
    assert replace(VIDEO, status=status).has_result(NOW) == (status == "completed")


@pytest.mark.parametrize("status", VideoStatus)
def test_a_video_can_be_either_cancelled_or_retried_unless_completed(status: VideoStatus) -> None:
    video = replace(VIDEO, status=status)
    assert video.can_be_cancelled == (status in {"uploading", "queued", "processing"})
    assert video.can_be_retried(NOW) == (status in {"failed", "cancelled"})


@pytest.mark.parametrize("kept_until", [None, NOW])
def test_without_its_file_a_video_cannot_be_retried(kept_until: datetime | None) -> None:
    assert not replace(VIDEO, status=VideoStatus.CANCELLED, source_expires_at=kept_until).can_be_retried(NOW)


def test_a_result_expires_at_its_time() -> None:
    assert VIDEO.has_result(NOW + timedelta(days=7, seconds=-1))
    assert not VIDEO.has_result(NOW + timedelta(days=7))


def test_a_video_without_an_expiry_does_not_expire() -> None:
    assert not replace(VIDEO, expires_at=None).has_expired(NOW + timedelta(days=10_000))
