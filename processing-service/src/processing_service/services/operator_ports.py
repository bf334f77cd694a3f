"""What operators' use cases need from the database."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from processing_service.entities.job import JobKey
from processing_service.entities.live_job import LiveJob
from processing_service.entities.segment import SegmentKey


class LiveJobs(Protocol):
    """Jobs that are not at their end."""

    async def still_for(self, seconds: float, limit: int) -> Sequence[LiveJob]:
        """Those of which nothing has moved for so long, the longest first. Reads all segments of all live jobs."""
        ...

    async def take_away(self, key: JobKey) -> Sequence[SegmentKey]:
        """Ends every lease of the job, uncharged; the segments that need a message now. Its row must be locked."""
        ...


class Audit(Protocol):
    """The record of what operators did."""

    async def record(self, operator: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """In the transaction of the deed."""
        ...
