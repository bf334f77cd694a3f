"""protobuf's timestamps as Python's, and back."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def moment(told: Timestamp) -> datetime:
    """The same instant, in UTC."""
    return told.ToDatetime(UTC)


def timestamp(at: datetime | None) -> Timestamp | None:
    """The other way; None stays None, and the field is absent."""
    if at is None:
        return None
    made = Timestamp()
    made.FromDatetime(at)
    return made
