"""CloudEvents attributes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar
from uuid import UUID

from fiapx_common.messaging import Envelope
from fiapx_common.messaging.envelope import cloud_event_headers
from pydantic import BaseModel


class ThingHappened(BaseModel):
    TYPE: ClassVar[str] = "thing.happened.v1"
    thing: str

    def subject(self) -> str:
        return self.thing


def test_an_envelope_takes_type_subject_and_json_from_its_content() -> None:
    envelope = Envelope.around(ThingHappened(thing="t1"))
    assert (envelope.type, envelope.subject, envelope.body) == ("thing.happened.v1", "t1", b'{"thing":"t1"}')


def test_two_envelopes_have_two_ids() -> None:
    event = ThingHappened(thing="t1")
    assert Envelope.around(event).id != Envelope.around(event).id


def test_cloud_event_attributes_stand_in_prefixed_headers() -> None:
    envelope = Envelope(
        type="thing.happened.v1",
        subject="t1",
        body=b"{}",
        id=UUID(int=1),
        time=datetime(2026, 11, 24, 12, tzinfo=UTC),
    )
    assert cloud_event_headers(envelope, "test-service") == {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": "00000000-0000-0000-0000-000000000001",
        "cloudEvents:type": "thing.happened.v1",
        "cloudEvents:source": "test-service",
        "cloudEvents:subject": "t1",
        "cloudEvents:time": "2026-11-24T12:00:00Z",
    }


def test_times_are_told_in_utc() -> None:
    brasilia = timezone(timedelta(hours=-3))
    envelope = Envelope(type="t", subject="s", body=b"", time=datetime(2026, 11, 24, 9, tzinfo=brasilia))
    assert cloud_event_headers(envelope, "x")["cloudEvents:time"] == "2026-11-24T12:00:00Z"
