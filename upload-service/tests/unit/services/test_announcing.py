"""What others are told of a video."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fiapx_models.media import Failure
from fiapx_models.statuses import VideoStatus
from upload_service.entities.video import Archive, Video
from upload_service.services.announcing import cancelled, ended

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
VIDEO: dict[str, Any] = {
    "id": UUID(int=1),
    "user_id": UUID(int=2),
    "filename": "holiday.mp4",
    "size_bytes": 1,
    "options_json": "{}",
    "created_at": NOW,
    "source_expires_at": NOW,
    "external_id": "order-17",
    "metadata_json": '{"camera": 2}',
    "tags": ("summer", "sea"),
    "finished_at": NOW,
    "attempt": 3,
}


@pytest.mark.parametrize(
    ("tell", "end"),
    [
        (ended, {"status": VideoStatus.COMPLETED, "archive": Archive("a", "m", 1, 12)}),
        (ended, {"status": VideoStatus.FAILED, "error": Failure(code="damaged", message="It is.", hint="Send it.")}),
        (cancelled, {"status": VideoStatus.CANCELLED}),
    ],
    ids=["completed", "failed", "cancelled"],
)
def test_the_end_of_an_attempt_is_told_with_what_its_user_gave(
    tell: Callable[[Video], Any], end: dict[str, Any]
) -> None:
    told = tell(Video(**VIDEO, **end))
    assert (told.video_id, told.attempt, told.filename, told.finished_at) == (UUID(int=1), 3, "holiday.mp4", NOW)
    assert (told.external_id, told.metadata_json, told.tags) == ("order-17", '{"camera": 2}', ["summer", "sea"])
