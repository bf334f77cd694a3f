"""When work goes wrong: who is charged, what is tried again, and what ends a job."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeVar

import structlog
from fiapx_common.errors import NotFound, Unavailable
from fiapx_models.failures import FailureCode
from fiapx_models.media import Failure

from processing_service.entities.errors import (
    DecoderBroke,
    Interrupted,
    LeaseLost,
    VideoCannotBeProcessed,
    failure_of,
)
from processing_service.entities.job import Job
from processing_service.entities.lease import NotTaken
from processing_service.services.announcing import failed
from processing_service.services.leasing import Claim
from processing_service.services.outcomes import Finished, Hopeless, Later, NothingToDo, Outcome, Unfinished
from processing_service.services.ports import Measures, UnitOfWork, UnitsOfWork

C = TypeVar("C", bound=Claim)
log = structlog.get_logger(__name__)
_AFTER_A_CRASH_S: Final = 1.0
_UNTIL_A_DELETE_IS_HEARD_S: Final = 5.0
_LOST: Final = NothingToDo("the lease is lost, or the job no longer wanted")


class Retrying:
    """Runs work under a claim and judges its errors."""

    def __init__(self, units: UnitsOfWork, measures: Measures, lease_s: float) -> None:
        """`lease_s` is how long to wait for whoever is at it."""
        self._units = units
        self._measures = measures
        self._lease_s = lease_s

    async def run(self, claim: C | NotTaken, work: Callable[[C], Awaitable[Outcome]]) -> Outcome:
        """The work's outcome, or why it was not begun, or what its error means.

        Raises:
            Unavailable: somebody else is down. The claim is given up without a charge, to be tried again later.
        """
        if claim is NotTaken.BUSY:
            return Later(self._lease_s, claim.value)
        if isinstance(claim, NotTaken):
            return NothingToDo(claim.value)
        if claim.tally.is_hopeless:
            return await self._give_up(claim)
        return await self._judged(claim, work(claim))

    async def _judged(self, claim: Claim, work: Awaitable[Outcome]) -> Outcome:
        try:
            return await work
        except VideoCannotBeProcessed as refusal:
            return await self._refused(claim, refusal.failure, refusal.detail)
        except LeaseLost:
            return _LOST
        except Interrupted:
            await self._hand_back(claim, "stopping")
            return Unfinished()
        except (DecoderBroke, NotFound) as broke:
            return await self._charge(claim, _failure(broke), broke.detail)
        except Unavailable as absence:
            with suppress(Unavailable):
                await self._hand_back(claim, absence.code)
            raise
        except Exception as error:
            log.exception("work.failed", video_id=claim.job.key.video_id, attempt=claim.job.key.attempt)
            return await self._charge(claim, failure_of(FailureCode.INTERNAL), type(error).__name__)

    async def _give_up(self, claim: Claim) -> Hopeless:
        """Too many workers were lost over it."""
        reason = f"charged {claim.tally.charged} times, lost {claim.tally.lost} times"
        await self._refused(claim, failure_of(FailureCode.INTERNAL), reason)
        return Hopeless(reason)

    async def _refused(self, claim: Claim, failure: Failure, detail: str) -> Outcome:
        async with self._units.begin() as work:
            await work.jobs.lock(claim.job.key)
            if not await claim.is_held(work):
                return _LOST
            await self._fail(work, claim.job, failure, detail)
            await work.commit()
        return Finished()

    async def _charge(self, claim: Claim, failure: Failure, detail: str) -> Outcome:
        async with self._units.begin() as work:
            await work.jobs.lock(claim.job.key)
            tally = await claim.hand_back(work, charged=True)
            if tally is not None and tally.is_hopeless:
                await self._fail(work, claim.job, failure, detail)
            await work.commit()
        if tally is None:
            return _LOST
        if tally.is_hopeless:
            return Hopeless(f"{failure.code}, {tally.charged} times: {detail}")
        self._measures.retried(failure.code)
        return Later(_again_after_s(failure), f"{failure.code}: {detail}")

    async def _hand_back(self, claim: Claim, why: str) -> None:
        async with self._units.begin() as work:
            await claim.hand_back(work, charged=False)
            await work.commit()
        self._measures.retried(why)

    async def _fail(self, work: UnitOfWork, job: Job, failure: Failure, detail: str) -> None:
        if not await work.jobs.fail(job.key, failure):
            return
        log.info("job.failed", video_id=job.key.video_id, attempt=job.key.attempt, code=failure.code, detail=detail)
        await work.outbox.add(failed(job, failure))
        self._measures.job_ended("failed", 0)


def _failure(broke: DecoderBroke | NotFound) -> Failure:
    """A source or part that is not in the store is the store's failure, not the video's."""
    return broke.failure if isinstance(broke, DecoderBroke) else failure_of(FailureCode.STORAGE)


def _again_after_s(failure: Failure) -> float:
    """The file of a deleted video goes at once, and the event may come later: its owner is told of no failure."""
    return _UNTIL_A_DELETE_IS_HEARD_S if failure.code == FailureCode.STORAGE else _AFTER_A_CRASH_S
