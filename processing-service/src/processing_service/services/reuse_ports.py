"""What is needed of the database to give a kept result once more."""

from dataclasses import dataclass
from typing import Protocol

from fiapx_engine.frame_rows import FrameRow

from processing_service.entities.job import Job, Request
from processing_service.services.row_ports import Result, TakenJob


@dataclass(frozen=True)
class KeptResult:
    """What an earlier job gave. Its archive begins with `entries_bytes` of images, in which the rows' offsets count."""

    job: Job
    rows: tuple[FrameRow, ...]
    entries_bytes: int
    archive_bytes: int
    work_s: float
    """What it cost, as the engine reckons it."""


class KeptResults(Protocol):
    """Results of earlier jobs. In one transaction, the unit of work's."""

    async def find(self, request: Request, made_by: str) -> KeptResult | None:
        """The newest of this user, this source, these options and this engine that is still kept."""
        ...

    async def adopt(self, taken: TakenJob, kept: KeptResult, result: Result, made_by: str) -> bool:
        """PLANNING to COMPLETED with the kept one's facts and frames; False where the lease was lost."""
        ...
