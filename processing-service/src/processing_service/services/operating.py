"""What operators see of jobs and processes, and do about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fiapx_models.failures import FailureCode

from processing_service.entities.errors import JobHasEnded, JobUnknown, ProcessUnknown, failure_of
from processing_service.entities.job import LIVE, Job, JobState
from processing_service.entities.live_job import LiveJob
from processing_service.entities.process import Process, SeenProcess
from processing_service.services.announcing import failed
from processing_service.services.ports import UnitOfWork, UnitsOfWork
from processing_service.services.releasing import send_assembly, send_planning, send_segment

_RELEASED: Final = "job.release"
_FAILED: Final = "job.fail"
_DRAINED: Final = "worker.drain"


@dataclass(frozen=True)
class Released:
    """What was sent again."""

    job: Job
    messages: int


class Operating:
    """Each deed and its record are one transaction."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def still_for(self, seconds: float, limit: int) -> Sequence[LiveJob]:
        """Live jobs of which nothing has moved for so long, the longest first."""
        async with self._units.begin() as work:
            return await work.live_jobs.still_for(seconds, limit)

    async def release(self, video_id: UUID, operator: str) -> Released:
        """Takes the job's work from whoever has it, uncharged, and sends it to the queues again.

        Whoever had it finds its lease lost at the next renewal: fencing sees to it that nothing counts twice.

        Raises:
            JobUnknown: no attempt of this video was ever heard of.
            JobHasEnded: nothing is left to do.
        """
        async with self._units.begin() as work:
            job = await _live(work, video_id)
            segments = await work.live_jobs.take_away(job.key)
            match job.state:
                case JobState.PLANNING:
                    await send_planning(work, job.key)
                case JobState.ASSEMBLING:
                    await send_assembly(work, job.key)
                case _:
                    for segment in segments:
                        await send_segment(work, segment)
            messages = len(segments) if job.state is JobState.RUNNING else 1
            facts = {"attempt": job.key.attempt, "state": job.state.value, "messages": messages}
            await work.audit.record(operator, _RELEASED, str(video_id), facts)
            await work.commit()
        return Released(job, messages)

    async def fail(self, video_id: UUID, operator: str) -> Job:
        """Ends the job as failed by a fault of ours; its owner is told, and may try again. Raises as `release`."""
        async with self._units.begin() as work:
            job = await _live(work, video_id)
            failure = failure_of(FailureCode.INTERNAL)
            await work.jobs.fail(job.key, failure)
            await work.outbox.add(failed(job, failure))
            facts = {"attempt": job.key.attempt, "state": job.state.value}
            await work.audit.record(operator, _FAILED, str(video_id), facts)
            await work.commit()
        return job

    async def processes(self) -> Sequence[SeenProcess]:
        """The service's processes, by host and start."""
        async with self._units.begin() as work:
            return await work.processes.all()

    async def drain(self, name: str, operator: str) -> Sequence[Process]:
        """Asks a process, or all of one host, to take nothing new; they look every other second.

        Raises:
            ProcessUnknown: none that lives has this holder or host.
        """
        async with self._units.begin() as work:
            asked = await work.processes.ask_to_drain(name)
            if not asked:
                raise ProcessUnknown(name)
            for process in asked:
                await work.audit.record(operator, _DRAINED, process.holder, {"roles": list(process.roles)})
            await work.commit()
        return asked


async def _live(work: UnitOfWork, video_id: UUID) -> Job:
    """The video's newest job, locked."""
    newest = await work.jobs.newest(video_id)
    if newest is None:
        raise JobUnknown(video_id)
    await work.jobs.lock(newest.key)
    job = await work.jobs.get(newest.key)
    if job is None or job.state not in LIVE:
        raise JobHasEnded(video_id, (job or newest).state)
    return job
