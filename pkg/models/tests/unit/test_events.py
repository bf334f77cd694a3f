"""Events: stable names, and readable by older readers."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from fiapx_models import events
from fiapx_models.events import Event, MailedLink, PasswordResetRequested, VideoCancelled, VideoEnded
from fiapx_models.media import Failure
from pydantic import ValidationError


def concrete(kind: type[Event] = Event) -> list[type[Event]]:
    """All event classes that name a type."""
    below = [inner for sub in kind.__subclasses__() for inner in concrete(sub)]
    return ([kind] if "TYPE" in vars(kind) else []) + below


def test_every_event_of_the_contract_has_its_type_once() -> None:
    assert sorted(event.TYPE for event in concrete()) == [
        "user.deleted.v1",
        "user.email-verification-requested.v1",
        "user.password-reset-requested.v1",
        "user.registered.v1",
        "user.updated.v1",
        "video.cancelled.v1",
        "video.deleted.v1",
        "video.ended.v1",
        "video.failed.v1",
        "video.processed.v1",
        "video.processing-started.v1",
        "video.progressed.v1",
        "video.uploaded.v1",
    ]


def test_a_field_of_a_newer_sender_is_ignored() -> None:
    video_id, user_id = uuid4(), uuid4()
    text = f'{{"video_id": "{video_id}", "user_id": "{user_id}", "attempt": 1, "colour": "red"}}'
    assert events.VideoCancelled.model_validate_json(text) == VideoCancelled(
        video_id=video_id, user_id=user_id, attempt=1
    )


def test_the_subject_is_what_the_event_is_about() -> None:
    event = VideoCancelled(video_id=uuid4(), user_id=uuid4(), attempt=1)
    assert event.subject() == str(event.video_id)


def test_a_token_is_sent_but_not_shown() -> None:
    now = datetime.now(UTC)
    link = MailedLink(token="canary", requested_at=now, expires_at=now)
    event = PasswordResetRequested(user_id=uuid4(), request_id=uuid4(), link=link)
    assert "canary" in event.model_dump_json()
    assert "canary" not in f"{event!r} {event}"


@pytest.mark.parametrize(
    "end", [{}, {"frame_count": 1, "error": Failure(code="damaged", message="It is.", hint="Send it again.")}]
)
def test_an_attempt_ends_in_one_way(end: dict[str, object]) -> None:
    told = {
        "video_id": uuid4(),
        "user_id": uuid4(),
        "attempt": 1,
        "filename": "a.mp4",
        "finished_at": datetime.now(UTC),
    }
    with pytest.raises(ValidationError, match="either frame_count or error"):
        VideoEnded.model_validate({**told, **end})
