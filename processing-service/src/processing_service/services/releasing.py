"""Segments into the queue: a bounded window per job, so that a long video does not fill it; and a net for lost ones."""

from dataclasses import dataclass
from typing import Final

import structlog

from processing_service.entities.job import JobKey, JobState
from processing_service.entities.segment import SegmentKey
from processing_service.services.ports import Measures, UnitOfWork, UnitsOfWork
from processing_service.services.tasks import (
    ASSEMBLY_QUEUE,
    PLANNING_QUEUE,
    SEGMENTS_QUEUE,
    AssemblyTask,
    PlanningTask,
    SegmentTask,
)

log = structlog.get_logger(__name__)
_AT_ONCE: Final = 100


@dataclass(frozen=True)
class Net:
    """When something counts as stuck."""

    expired_s: float
    """A lease ran out so long ago that its message should have come back."""
    waiting_s: float
    """Work was in the queue for so long that its message may be lost. Too early only sends it twice."""


class Releasing:
    """Puts work into the queues, in the transaction of the rows that say so."""

    def __init__(self, window: int) -> None:
        self._window = window

    async def fill(self, work: UnitOfWork, job: JobKey) -> None:
        """As many of the job's next segments as its window has room for. The job's row must be locked."""
        for key in await work.segments.release(job, self._window):
            await send_segment(work, key)

    async def assembly(self, work: UnitOfWork, job: JobKey) -> None:
        """For a job whose last segment is in."""
        await send_assembly(work, job)


async def send_planning(work: UnitOfWork, job: JobKey) -> None:
    """A message for a job that is to be planned."""
    await work.outbox.add_task(PLANNING_QUEUE, PlanningTask(video_id=job.video_id, attempt=job.attempt))


async def send_assembly(work: UnitOfWork, job: JobKey) -> None:
    """A message for a job whose segments are done."""
    await work.outbox.add_task(ASSEMBLY_QUEUE, AssemblyTask(video_id=job.video_id, attempt=job.attempt))


async def send_segment(work: UnitOfWork, key: SegmentKey) -> None:
    """A message for one segment."""
    task = SegmentTask(video_id=key.job.video_id, attempt=key.job.attempt, segment=key.number)
    await work.outbox.add_task(SEGMENTS_QUEUE, task)


class Rescuing:
    """Sends again what seems to have lost its message."""

    def __init__(self, units: UnitsOfWork, net: Net, measures: Measures) -> None:
        self._units = units
        self._net = net
        self._measures = measures

    async def rescue(self) -> int:
        """One pass; answers how many messages were sent again."""
        async with self._units.begin() as work:
            segments = await work.segments.stuck(self._net.waiting_s, self._net.expired_s, _AT_ONCE)
            for key in segments:
                await send_segment(work, key)
            plans = await work.jobs.stuck(JobState.PLANNING, self._net.waiting_s, self._net.expired_s, _AT_ONCE)
            for job in plans:
                await send_planning(work, job)
            joins = await work.jobs.stuck(JobState.ASSEMBLING, self._net.waiting_s, self._net.expired_s, _AT_ONCE)
            for job in joins:
                await send_assembly(work, job)
            await work.commit()
        rescued = len(segments) + len(plans) + len(joins)
        if rescued:
            log.warning("work.rescued", segments=len(segments), plans=len(plans), assemblies=len(joins))
            for _ in range(rescued):
                self._measures.retried("lost_message")
        return rescued
