"""From parts to the archive, on the store; then the pointer is switched and the owner told, once."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import structlog
from fiapx_common.errors import Unavailable
from fiapx_engine.damage import damage_warnings
from fiapx_engine.plan_warnings import PlanWarning
from fiapx_engine.scores import Likeness
from fiapx_models.failures import FailureCode
from fiapx_models.media import Warned

from processing_service.entities.deduplication import kept_frames
from processing_service.entities.description import dedup_threshold, is_scored
from processing_service.entities.errors import LeaseLost, VideoCannotBeProcessed
from processing_service.entities.job import Job, JobState
from processing_service.services.announcing import processed
from processing_service.services.leasing import JobClaim, Leasing
from processing_service.services.outcomes import Finished, Outcome
from processing_service.services.ports import Archives, Measures, UnitsOfWork
from processing_service.services.retrying import Retrying
from processing_service.services.row_ports import Result, WrittenPart
from processing_service.services.tasks import AssemblyTask
from processing_service.services.telling import tell_progress

_LANGUAGE: Final = "en"
log = structlog.get_logger(__name__)


class Assembling:
    """Assembles one archive at a time."""

    def __init__(
        self, units: UnitsOfWork, archives: Archives, leasing: Leasing, retrying: Retrying, measures: Measures
    ) -> None:
        self._units = units
        self._archives = archives
        self._leasing = leasing
        self._retrying = retrying
        self._measures = measures

    async def assemble(self, task: AssemblyTask, *, redelivered: bool) -> Outcome:
        """Joins the parts and completes the job."""
        claim = await self._leasing.take_job(task.job, JobState.ASSEMBLING, redelivered=redelivered)
        return await self._retrying.run(claim, self._assemble)

    async def _assemble(self, claim: JobClaim) -> Outcome:
        began = time.monotonic()
        job = claim.job
        async with self._units.begin() as work:
            parts = await work.segments.parts(job.key)
        if not any(part.rows for part in parts):
            raise VideoCannotBeProcessed(FailureCode.DAMAGED, "not one wanted frame could be decoded")
        likeness = Likeness(dedup_threshold(job))
        if is_scored(job):
            parts = await asyncio.to_thread(_without_doubles, parts, likeness)
        told = _with_warnings(job, [*_damage(parts), *likeness.warnings])
        try:
            joined = self._archives.join(claim.result_key, told, parts)
            result = await self._leasing.keep(lambda: self._renew(claim), joined)
            await self._complete(claim, result, parts)
        except LeaseLost:
            # beside the finished archive, or after everything of a withdrawn job was swept away
            await self._archives.remove_result(claim.result_key)
            raise
        self._measures.stage_took("assemble", time.monotonic() - began)
        self._measures.job_ended("completed", job.media.duration_s if job.media else 0)
        log.info("job.completed", video_id=job.key.video_id, attempt=job.key.attempt, frames=result.frame_count)
        try:
            await self._archives.remove_parts(job.key)
        except Unavailable as error:
            log.info("parts.left_to_the_sweeper", video_id=job.key.video_id, error=error.code)
        return Finished()

    async def _renew(self, claim: JobClaim) -> bool:
        """Also tells of the last segments, where that was too soon after other news."""
        kept = await claim.renew()
        if kept:
            async with self._units.begin() as work:
                await tell_progress(work, claim.job, self._leasing.patience.tell_every_s)
                await work.commit()
        return kept

    async def _complete(self, claim: JobClaim, result: Result, parts: Sequence[WrittenPart]) -> None:
        async with self._units.begin() as work:
            if not await work.jobs.complete(claim.taken, result):
                raise LeaseLost
            if is_scored(claim.job):
                await work.segments.keep(claim.job.key, parts)
            await work.outbox.add(processed(claim.job, result))
            await work.commit()


def _without_doubles(parts: Sequence[WrittenPart], likeness: Likeness) -> list[WrittenPart]:
    """The parts with their frames' freeze scores, and without the frames that `dedup` drops."""
    kept = kept_frames([part.rows for part in parts], likeness)
    return [
        replace(part, rows=one.rows, stored=replace(part.stored, kept=one.ranges))
        for part, one in zip(parts, kept, strict=True)
    ]


def _damage(parts: Iterable[WrittenPart]) -> list[PlanWarning]:
    """A warning for each stretch that a job's segments found damaged."""
    return damage_warnings(stretch for part in parts for stretch in part.damaged)


def _with_warnings(job: Job, found: Iterable[PlanWarning]) -> Job:
    """The job with what only its segments found out."""
    warnings = (Warned(code=one.code.value, message=one.message[_LANGUAGE]) for one in found)
    return replace(job, warnings=(*job.warnings, *warnings))
