"""The record of a change."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fiapx_models.media import Media, Warned
from upload_service.entities.changes import change_between
from upload_service.entities.video import Archive, Video

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MEDIA = Media(duration_s=2.0, width=320, height=180, fps=30.0, codec="h264")
QUEUED = Video(
    id=UUID(int=1),
    user_id=UUID(int=2),
    filename="film.mp4",
    size_bytes=10,
    options_json="{}",
    created_at=NOW,
    source_expires_at=NOW,
    tags=("a", "b"),
).queued()


def test_a_new_video_is_told_with_all_that_is_set() -> None:
    change = change_between(None, QUEUED)
    assert (change["id"], change["tags"], change["created_at"]) == (str(UUID(int=1)), ["a", "b"], NOW.isoformat())
    assert "error" not in change
    assert "warnings" not in change


def test_a_change_tells_what_is_new_with_status_and_attempt() -> None:
    assert change_between(QUEUED, QUEUED.progressed(1, 0.25, 3)) == {
        "status": "processing",
        "attempt": 1,
        "progress": 0.25,
        "frames_ready": 3,
    }


def test_what_vanishes_is_told_as_nothing() -> None:
    cancelled = QUEUED.cancelled(NOW)
    change = change_between(cancelled, cancelled.retried(NOW - timedelta(seconds=1)))
    assert change == {"status": "queued", "attempt": 2, "finished_at": None}


def test_every_change_is_json_and_tells_no_keys_of_the_store() -> None:
    archive = Archive("results/1/frames.zip", "results/1/manifest.json", 4096, 2)
    done = QUEUED.completed(1, MEDIA, archive, (Warned(code="w", message="W."),), at=NOW, keep=timedelta(days=7))
    text = json.dumps(change_between(QUEUED, done))
    assert json.loads(text)["archive"] == {"size_bytes": 4096, "frame_count": 2}
    assert json.loads(text)["warnings"] == [{"code": "w", "message": "W."}]
    assert "results/" not in text
