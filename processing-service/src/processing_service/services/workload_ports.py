"""What forecasts need from the database, in the unit of work's transaction."""

from dataclasses import dataclass
from typing import Protocol

from processing_service.entities.forecast import LiveJob, Measured


@dataclass(frozen=True)
class Backlog:
    """What is to be done. Segments that wait are planned and taken by nobody."""

    videos_waiting: int
    videos_running: int
    segments_waiting: int
    segments_running: int
    oldest_wait_s: float


class WorkloadRows(Protocol):
    """What is to be done on the whole platform, and what recent work came to; one statement each."""

    async def live_jobs(self) -> list[LiveJob]:
        """In the order in which they were accepted."""
        ...

    async def measured(self) -> Measured:
        """By the latest segments and jobs that ended."""
        ...

    async def bytes_per_pixel(self, image_format: str, quality: int | None) -> float | None:
        """An archive's bytes for each pixel of its images, by the latest jobs with this format and quality."""
        ...

    async def backlog(self) -> Backlog:
        """Counts."""
        ...
