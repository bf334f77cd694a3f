"""From an accepted job to a plan: what the source is, which frames, which segments."""

import time

import structlog

from processing_service.entities.errors import LeaseLost
from processing_service.entities.job import Job, JobKey, JobState
from processing_service.services.announcing import started
from processing_service.services.leasing import JobClaim, Leasing
from processing_service.services.outcomes import Finished, Outcome, Unfinished
from processing_service.services.ports import Decoder, Measures, Sources, UnitsOfWork
from processing_service.services.releasing import Releasing
from processing_service.services.retrying import Retrying
from processing_service.services.reusing import Reusing
from processing_service.services.row_ports import PlannedJob
from processing_service.services.tasks import PlanningTask

log = structlog.get_logger(__name__)


class Planning:
    """Plans one job at a time."""

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        sources: Sources,
        decoder: Decoder,
        leasing: Leasing,
        releasing: Releasing,
        retrying: Retrying,
        reusing: Reusing,
        measures: Measures,
    ) -> None:
        self._units = units
        self._sources = sources
        self._decoder = decoder
        self._leasing = leasing
        self._releasing = releasing
        self._retrying = retrying
        self._reusing = reusing
        self._measures = measures

    async def plan(self, task: PlanningTask, *, redelivered: bool) -> Outcome:
        """Gives a kept result again; where there is none, probes, plans, releases the first segments.

        Before it, one job of a user who has less under way; its own message finds it planned later.
        """
        if not redelivered and await self._gave_way(task.job) and self._leasing.is_stopping:
            return Unfinished()
        return await self._run(task.job, redelivered=redelivered)

    async def _gave_way(self, key: JobKey) -> bool:
        async with self._units.begin() as work:
            before = await work.turns.job_before(key)
        if before is None:
            return False
        await self._run(before, redelivered=False)
        return True

    async def _run(self, key: JobKey, *, redelivered: bool) -> Outcome:
        claim = await self._leasing.take_job(key, JobState.PLANNING, redelivered=redelivered)
        return await self._retrying.run(claim, self._plan)

    async def _plan(self, claim: JobClaim) -> Outcome:
        if await self._reusing.reused(claim):
            return Finished()
        began = time.monotonic()
        plan = await self._leasing.keep(claim.renew, self._look_at(claim.job))
        async with self._units.begin() as work:
            if not await work.jobs.start(claim.taken, plan):
                raise LeaseLost
            await self._releasing.fill(work, claim.job.key)
            await work.outbox.add(started(claim.job, plan.media, plan.frames))
            await work.commit()
        self._measures.stage_took("plan", time.monotonic() - began)
        log.info(
            "job.planned",
            video_id=claim.job.key.video_id,
            attempt=claim.job.key.attempt,
            frames=plan.frames,
            segments=len(plan.segments),
        )
        return Finished()

    async def _look_at(self, job: Job) -> PlannedJob:
        async with self._sources.open(job.request) as source:
            return await self._decoder.plan(source, job.request.options_json)
