"""A record in the words of the REST API."""

import json
from datetime import UTC, datetime

from upload_service.controllers.change_messages import to_change, told
from upload_service.entities.changes import RecordedChange

AT = datetime(2026, 11, 30, 12, 0, 0, 250_000, tzinfo=UTC)


def test_a_change_is_told_with_its_seq_and_moment() -> None:
    change = to_change(RecordedChange(7, AT, {"status": "queued", "attempt": 2}))
    assert (change.seq, change.at.ToDatetime(tzinfo=UTC)) == (7, AT)
    assert json.loads(change.fields_json) == {"status": "queued", "attempts": 2}


def test_what_was_sent_as_json_is_json() -> None:
    fields = {"options_json": '{"sampling": {"rule": "keyframes"}}', "metadata_json": None}
    assert told(fields) == {"options": {"sampling": {"rule": "keyframes"}}, "metadata": None}


def test_an_archive_is_told_by_its_size_and_its_frames_and_as_gone() -> None:
    assert told({"archive": {"size_bytes": 9, "frame_count": 2}}) == {"archive_bytes": 9, "frame_count": 2}
    assert told({"archive": None}) == {"archive_bytes": None, "frame_count": None}


def test_whose_video_it_is_is_not_told_once_more() -> None:
    assert told({"user_id": "x", "filename": "a.mp4"}) == {"filename": "a.mp4"}
