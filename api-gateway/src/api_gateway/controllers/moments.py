"""Moments in requests."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _until_9999(at: datetime) -> datetime:
    """What a protobuf timestamp can say, in UTC."""
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie in the years 1 to 9999 of UTC") from error


Moment = Annotated[AwareDatetime, AfterValidator(_until_9999)]
"""With its offset from UTC."""
