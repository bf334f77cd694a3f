"""One lawful example of every event, and who sends it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from fiapx_models.events import (
    EmailVerificationRequested,
    Event,
    MailedLink,
    PasswordResetRequested,
    UserDeleted,
    UserRegistered,
    UserUpdated,
    VideoCancelled,
    VideoDeleted,
    VideoEnded,
    VideoFailed,
    VideoProcessed,
    VideoProcessingStarted,
    VideoProgressed,
    VideoUploaded,
)
from fiapx_models.failures import FailureCode, explain
from fiapx_models.media import Failure, Media

NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
_USER: Final = UUID("7d52156a-8ed7-4c2f-b4e8-ec907ec65e4f")
_VIDEO: Final = UUID("3f0c8a52-7a0e-4d54-9f57-1f2b6a4c9d10")
_REQUEST: Final = UUID("5b3e0f8e-5d0c-4b43-8a36-9f1f6f0b7a11")
_LINK: Final = MailedLink(token="a-secret-of-43-characters", requested_at=NOW, expires_at=NOW + timedelta(days=1))
_MEDIA: Final = Media(duration_s=12.0, width=1920, height=1080, fps=30.0, codec="h264")
_RESULT: Final = f"results/{_VIDEO}/1"
_WORDS: Final = explain(FailureCode.DAMAGED)
_DAMAGED: Final = Failure(code=FailureCode.DAMAGED, message=_WORDS.message, hint=_WORDS.hint)

EXAMPLES: Final[Mapping[str, tuple[Event, ...]]] = {
    "auth-service": (
        UserRegistered(
            user_id=_USER,
            email="ana@example.com",
            name="Ana",
            locale="pt-BR",
            changed_at=NOW,
            verification=_LINK,
        ),
        UserUpdated(user_id=_USER, email="ana@example.com", name="Ana Lima", locale="pt-BR", changed_at=NOW),
        EmailVerificationRequested(user_id=_USER, request_id=_REQUEST, link=_LINK),
        PasswordResetRequested(user_id=_USER, request_id=_REQUEST, link=_LINK),
        UserDeleted(user_id=_USER),
    ),
    "upload-service": (
        VideoUploaded(
            video_id=_VIDEO,
            user_id=_USER,
            attempt=1,
            filename="holiday.mp4",
            source_key=f"sources/{_VIDEO}",
            size_bytes=734003,
            options_json='{"sampling":{"rule":"fps","fps":"1"}}',
        ),
        VideoCancelled(video_id=_VIDEO, user_id=_USER, attempt=1),
        VideoDeleted(video_id=_VIDEO, user_id=_USER, attempt=1),
        VideoEnded(video_id=_VIDEO, user_id=_USER, attempt=1, filename="holiday.mp4", frame_count=12, finished_at=NOW),
    ),
    "processing-service": (
        VideoProcessingStarted(
            video_id=_VIDEO, user_id=_USER, attempt=1, media=_MEDIA, frames_expected=12, started_at=NOW
        ),
        VideoProgressed(video_id=_VIDEO, user_id=_USER, attempt=1, progress=0.5, frames_done=6, frames_ready=6),
        VideoProcessed(
            video_id=_VIDEO,
            user_id=_USER,
            attempt=1,
            filename="holiday.mp4",
            media=_MEDIA,
            frame_count=12,
            archive_key=f"{_RESULT}/frames.zip",
            archive_bytes=5213004,
            manifest_key=f"{_RESULT}/manifest.json",
            finished_at=NOW,
        ),
        VideoFailed(video_id=_VIDEO, user_id=_USER, attempt=1, filename="holiday.mp4", error=_DAMAGED, finished_at=NOW),
    ),
}
"""By the service that sends them."""
