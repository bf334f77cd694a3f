"""Work under a lease: renewed while it goes on, dropped when the lease is lost, interrupted when the process stops."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog
from fiapx_common.errors import Unavailable

from processing_service.entities.errors import Interrupted, LeaseLost
from processing_service.entities.job import Job, JobKey, JobState, ResultKey
from processing_service.entities.lease import NotTaken, Tally
from processing_service.services.ports import UnitOfWork, UnitsOfWork
from processing_service.services.row_ports import TakenJob

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Claim(Protocol):
    """A piece of work that is ours until the lease is lost."""

    @property
    def job(self) -> Job: ...

    @property
    def tally(self) -> Tally: ...

    async def renew(self) -> bool:
        """False: it is not ours any more."""
        ...

    async def is_held(self, work: UnitOfWork) -> bool:
        """Whether it is ours, until the transaction's end."""
        ...

    async def hand_back(self, work: UnitOfWork, *, charged: bool) -> Tally | None:
        """Gives it up; None: it was not ours any more."""
        ...


@dataclass(frozen=True)
class Patience:
    """How long things may take."""

    lease_s: float
    """Without a renewal a lease is over."""
    renew_every_s: float
    finish_s: float
    """What work under way gets when the process stops."""
    tell_every_s: float
    """Between two events about one job's progress, at least."""


class Leasing:
    """Takes jobs' leases, and keeps any lease while work goes on."""

    def __init__(self, units: UnitsOfWork, holder: str, patience: Patience, stopping: asyncio.Event) -> None:
        self.holder = holder
        self.patience = patience
        self._units = units
        self._stopping = stopping

    @property
    def is_stopping(self) -> bool:
        """Whether this process begins nothing new."""
        return self._stopping.is_set()

    async def take_job(self, key: JobKey, state: JobState, *, redelivered: bool) -> "JobClaim | NotTaken":
        """The right to plan or assemble a job."""
        async with self._units.begin() as work:
            taken = await work.jobs.take(key, state, self.holder, self.patience.lease_s, redelivered=redelivered)
            await work.commit()
        if isinstance(taken, NotTaken):
            return taken
        return JobClaim(taken, self._units, self.patience.lease_s)

    async def keep(self, renew: Callable[[], Awaitable[bool]], work: Awaitable[T]) -> T:
        """The work's result. Raises what `keep_lease` raises."""
        return await keep_lease(renew, work, self.patience, self._stopping)


async def keep_lease(
    renew: Callable[[], Awaitable[bool]], work: Awaitable[T], patience: Patience, stopping: asyncio.Event
) -> T:
    """The work's result.

    Raises:
        LeaseLost: `renew` said so; the work was cancelled.
        Interrupted: `stopping` is set and the work did not end in time; it was cancelled.
    """
    task = asyncio.ensure_future(work)
    stop = asyncio.create_task(_time_is_up(stopping, patience.finish_s))
    try:
        while True:
            await asyncio.wait({task, stop}, timeout=patience.renew_every_s, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if stop.done():
                raise Interrupted
            if not await _kept(renew):
                raise LeaseLost
    finally:
        task.cancel()
        stop.cancel()
        await asyncio.gather(task, stop, return_exceptions=True)


async def _time_is_up(stopping: asyncio.Event, finish_s: float) -> None:
    await stopping.wait()
    await asyncio.sleep(finish_s)


async def _kept(renew: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await renew()
    except Unavailable as error:
        # whether it is still ours will be seen when the result is written: fencing decides, not the clock
        log.warning("lease.not_renewed", error=error.code)
        return True


class JobClaim:
    """A job being planned or assembled by us."""

    def __init__(self, taken: TakenJob, units: UnitsOfWork, lease_s: float) -> None:
        self._taken = taken
        self._units = units
        self._lease_s = lease_s

    @property
    def job(self) -> Job:
        return self._taken.job

    @property
    def tally(self) -> Tally:
        return self._taken.tally

    @property
    def taken(self) -> TakenJob:
        return self._taken

    @property
    def result_key(self) -> ResultKey:
        """Where we write the archive, and nobody else does."""
        return ResultKey(self.job.key, self._taken.lease.attempt)

    async def renew(self) -> bool:
        async with self._units.begin() as work:
            kept = await work.jobs.renew(self._taken, self._lease_s)
            await work.commit()
        return kept

    async def is_held(self, work: UnitOfWork) -> bool:
        return await work.jobs.is_held(self._taken)

    async def hand_back(self, work: UnitOfWork, *, charged: bool) -> Tally | None:
        return await work.jobs.hand_back(self._taken, charged=charged)
