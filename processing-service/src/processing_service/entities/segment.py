"""A segment: the part of a job that one worker does at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from processing_service.entities.job import Job, JobKey
from processing_service.entities.lease import Lease, Tally


@dataclass(frozen=True, order=True)
class SegmentKey:
    """One segment of one job; numbers count from 0 in the order of time."""

    job: JobKey
    number: int


class SegmentState(StrEnum):
    """Where a segment stands."""

    WAITING = "waiting"
    """Planned; its job's window is full."""
    RELEASED = "released"
    """A message is on its way, or waits in the queue."""
    RUNNING = "running"
    """A worker has the lease."""
    DONE = "done"


@dataclass(frozen=True)
class PlannedSegment:
    """What a worker must be told, as the engine's plan says it."""

    number: int
    frames: int
    work_s: float
    """Of one core, as the engine estimates it."""
    spec: Mapping[str, object]
    """JSON; only the engine reads it."""


@dataclass(frozen=True)
class TakenSegment:
    """A segment under our lease."""

    job: Job
    planned: PlannedSegment
    lease: Lease
    tally: Tally

    @property
    def key(self) -> SegmentKey:
        return SegmentKey(self.job.key, self.planned.number)
