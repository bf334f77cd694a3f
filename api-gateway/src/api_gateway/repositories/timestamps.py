"""protobuf's timestamps as Python's."""

from datetime import UTC, datetime

from google.protobuf.timestamp_pb2 import Timestamp


def moment(timestamp: Timestamp) -> datetime:
    """The same instant, in UTC."""
    return timestamp.ToDatetime(UTC)
