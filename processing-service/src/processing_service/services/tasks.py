"""What this service asks of itself, on its own queues. Each task is its own subject, so that none waits for another."""

from typing import ClassVar, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey

PLANNING_QUEUE: Final = "processing.planning"
SEGMENTS_QUEUE: Final = "processing.segments"
ASSEMBLY_QUEUE: Final = "processing.assembly"


class JobTask(BaseModel):
    """Something to do for one job."""

    model_config = ConfigDict(frozen=True)
    TYPE: ClassVar[str]

    video_id: UUID
    attempt: int

    @property
    def job(self) -> JobKey:
        return JobKey(self.video_id, self.attempt)

    def subject(self) -> str:
        return f"{self.TYPE}/{self.video_id}/{self.attempt}"


class PlanningTask(JobTask):
    """Look at the source and plan the job."""

    TYPE: ClassVar[str] = "processing.planning"


class SegmentTask(JobTask):
    """Extract one segment's frames."""

    TYPE: ClassVar[str] = "processing.segment"
    segment: int

    @property
    def key(self) -> SegmentKey:
        return SegmentKey(self.job, self.segment)

    def subject(self) -> str:
        return f"{super().subject()}/{self.segment}"


class AssemblyTask(JobTask):
    """Join the parts."""

    TYPE: ClassVar[str] = "processing.assembly"
