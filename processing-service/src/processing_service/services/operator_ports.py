"""What operators' use cases need from the database."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from processing_service.entities.job import JobKey
from processing_service.entities.live_job import LiveJob
from processing_service.entities.process import Process, SeenProcess
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


class Processes(Protocol):
    """Processes of this service."""

    async def seen(self, process: Process, forgotten_after_s: float) -> bool:
        """It lives; whether operators want it drained. Forgets those that said nothing for so long."""
        ...

    async def drained(self, holder: str) -> None:
        """It has nothing under way any more; the first time counts."""
        ...

    async def left(self, holder: str) -> None:
        """It ends."""
        ...

    async def all(self) -> Sequence[SeenProcess]:
        """By host and start."""
        ...

    async def ask_to_drain(self, name: str) -> Sequence[Process]:
        """Those that are not silent, and whose holder or host has this name; one that was asked before is again."""
        ...
