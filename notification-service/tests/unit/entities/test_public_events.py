"""What programs are told."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fiapx_models.events import VideoCancelled, VideoEnded
from fiapx_models.media import Failure, Warned
from notification_service.entities.public_events import cancelled_event, ended_event

VIDEO, USER = UUID(int=1), UUID(int=2)
AT = datetime(2026, 11, 30, 12, 0, 4, tzinfo=UTC)
URL = "https://frames.example/"
GIVEN = {"external_id": "order-17", "metadata_json": '{"camera": 2}', "tags": ["summer"]}
ENDED: dict[str, Any] = {"video_id": VIDEO, "user_id": USER, "attempt": 2, "filename": "a.mp4", "finished_at": AT}
OWN = f"https://frames.example/api/v1/videos/{VIDEO}"


def test_a_completed_attempt_is_told_with_its_result_and_what_its_user_gave() -> None:
    event = VideoEnded(**ENDED, **GIVEN, frame_count=12, warnings=[Warned(code="damaged", message="A part is.")])
    public = ended_event(event, URL)
    assert (public.type, public.video_id, public.attempt) == ("video.processed.v1", VIDEO, 2)
    assert json.loads(public.body) == {
        "type": "video.processed.v1",
        "timestamp": "2026-11-30T12:00:04Z",
        "data": {
            "id": str(VIDEO),
            "filename": "a.mp4",
            "external_id": "order-17",
            "metadata": {"camera": 2},
            "tags": ["summer"],
            "status": "completed",
            "attempts": 2,
            "frame_count": 12,
            "warnings": [{"code": "damaged", "message": "A part is."}],
            "error": None,
            "finished_at": "2026-11-30T12:00:04Z",
            "links": {
                "self": OWN,
                "frames_zip": f"{OWN}/frames.zip",
                "frames": f"{OWN}/frames",
                "manifest": f"{OWN}/manifest.json",
            },
        },
    }


def test_a_failed_attempt_is_told_with_the_reason_and_no_links_to_frames() -> None:
    failure = Failure(code="damaged", message="It is.", hint="Send it again.")
    public = ended_event(VideoEnded(**ENDED, error=failure), URL)
    data = json.loads(public.body)["data"]
    assert public.type == "video.failed.v1"
    assert (data["status"], data["error"], data["frame_count"]) == ("failed", failure.model_dump(), None)
    assert (data["links"], data["metadata"], data["tags"]) == ({"self": OWN}, None, [])


def test_a_cancelled_attempt_is_told_too() -> None:
    event = VideoCancelled(video_id=VIDEO, user_id=USER, attempt=1, filename="a.mp4", finished_at=AT, **GIVEN)
    public = cancelled_event(event, URL)
    data = json.loads(public.body)["data"]
    assert public.type == "video.cancelled.v1"
    assert (data["status"], data["filename"], data["external_id"]) == ("cancelled", "a.mp4", "order-17")


def test_a_sender_of_before_tells_less_and_is_understood() -> None:
    public = cancelled_event(VideoCancelled(video_id=VIDEO, user_id=USER, attempt=1), URL)
    assert json.loads(public.body)["data"]["finished_at"].endswith("Z")


@pytest.mark.parametrize("text", ["\\u0000", "\\ud800", "\u2028"])
def test_strange_characters_in_metadata_can_be_kept_and_sent(text: str) -> None:
    body = ended_event(VideoEnded(**ENDED, frame_count=1, metadata_json=f'{{"a": "{text}"}}'), URL).body
    assert body.isascii()
    assert json.loads(body)["data"]["metadata"] == json.loads(f'{{"a": "{text}"}}')
