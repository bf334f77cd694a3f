"""What the sweeper needs from the database."""

from typing import Protocol

from processing_service.entities.job import EndedJob, JobKey


class Leftovers(Protocol):
    """What may be removed."""

    async def expire(self, after_s: float, limit: int) -> list[JobKey]:
        """From now on nobody reads results that came at least `after_s` ago, and they are unswept again."""
        ...

    async def give_up(self, key: JobKey) -> None:
        """The result of a completed job is no longer kept."""
        ...

    async def ended_unswept(self, after_s: float, limit: int) -> list[EndedJob]:
        """Jobs that ended at least `after_s` ago and were not swept."""
        ...

    async def swept(self, ended: EndedJob) -> None:
        """Nothing that it does not need is left of it; it is found again if it has expired since it was seen."""
        ...

    async def replaced(self, after_s: float, limit: int) -> list[JobKey]:
        """Completed jobs whose video has a later one that ended, however, at least `after_s` ago."""
        ...

    async def forget(self, key: JobKey) -> None:
        """Removes the job with its segments and frames."""
        ...
