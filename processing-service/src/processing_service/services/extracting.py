"""One segment: from the source to a part object in the store, under a lease."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog
from fiapx_engine.engine import EncodedFrame

from processing_service.entities.archive import part_key
from processing_service.entities.errors import LeaseLost
from processing_service.entities.job import Job
from processing_service.entities.lease import NotTaken, Tally
from processing_service.entities.segment import SegmentKey, TakenSegment
from processing_service.services.leasing import Leasing, Patience
from processing_service.services.outcomes import Finished, Outcome, Unfinished
from processing_service.services.ports import Archives, Decoder, Measures, Sources, UnitOfWork, UnitsOfWork
from processing_service.services.releasing import Releasing
from processing_service.services.retrying import Retrying
from processing_service.services.row_ports import WrittenPart
from processing_service.services.tasks import SegmentTask
from processing_service.services.telling import tell_progress

log = structlog.get_logger(__name__)


class Extracting:
    """Extracts one segment at a time."""

    def __init__(
        self,
        *,
        units: UnitsOfWork,
        sources: Sources,
        decoder: Decoder,
        archives: Archives,
        leasing: Leasing,
        releasing: Releasing,
        retrying: Retrying,
        measures: Measures,
    ) -> None:
        self._units = units
        self._sources = sources
        self._decoder = decoder
        self._archives = archives
        self._leasing = leasing
        self._releasing = releasing
        self._retrying = retrying
        self._measures = measures

    async def extract(self, task: SegmentTask, *, redelivered: bool) -> Outcome:
        """Extracts, stores, and releases what follows; before it, one segment of a user who had less of the workers.

        That segment's own message finds it done later. Should it end otherwise, its message is what it waits for.
        """
        if not redelivered and await self._gave_way(task.key) and self._leasing.is_stopping:
            return Unfinished()
        async with self._units.begin() as work:
            taken = await self._take(work, task.key, redelivered=redelivered)
            await work.commit()
        if isinstance(taken, TakenSegment) and taken.tally.lost and redelivered:
            self._measures.took_over()
        return await self._run(taken)

    async def _gave_way(self, key: SegmentKey) -> bool:
        async with self._units.begin() as work:
            before = await work.turns.segment_before(key)
            if before is None:
                return False
            taken = await self._take(work, before, redelivered=False)
            await work.commit()
        await self._run(taken)
        return True

    async def _take(self, work: UnitOfWork, key: SegmentKey, *, redelivered: bool) -> TakenSegment | NotTaken:
        leasing = self._leasing
        return await work.segments.take(key, leasing.holder, leasing.patience.lease_s, redelivered=redelivered)

    async def _run(self, taken: TakenSegment | NotTaken) -> Outcome:
        if isinstance(taken, NotTaken):
            return await self._retrying.run(taken, self._extract)
        return await self._retrying.run(SegmentClaim(taken, self._units, self._leasing.patience), self._extract)

    async def _extract(self, claim: "SegmentClaim") -> Outcome:
        began = time.monotonic()
        key = part_key(claim.taken.key, claim.taken.lease.attempt)
        part = await self._leasing.keep(claim.renew, self._write(claim, key))
        try:
            await self._finish(claim, part)
        except LeaseLost:
            # whoever has it now writes beside this part, never over it; so it can go without a look
            await self._archives.remove_part(key)
            raise
        self._measures.stage_took("extract", time.monotonic() - began)
        self._measures.segment_ended(len(part.rows))
        return Finished()

    async def _write(self, claim: "SegmentClaim", key: str) -> WrittenPart:
        taken = claim.taken
        async with self._sources.open(taken.job.request) as source:
            frames = self._decoder.extract(source, taken.planned)
            return await self._archives.write_part(key, claim.counted(frames))

    async def _finish(self, claim: "SegmentClaim", part: WrittenPart) -> None:
        job = claim.job.key
        async with self._units.begin() as work:
            await work.jobs.lock(job)
            if not await work.segments.finish(claim.taken, part):
                raise LeaseLost
            await self._releasing.fill(work, job)
            await tell_progress(work, claim.job, self._leasing.patience.tell_every_s)
            if await work.jobs.begin_assembly(job):
                await self._releasing.assembly(work, job)
            await work.commit()


class SegmentClaim:
    """A segment being extracted by us."""

    def __init__(self, taken: TakenSegment, units: UnitsOfWork, patience: Patience) -> None:
        self.taken = taken
        self.frames_done = 0
        self._units = units
        self._patience = patience

    @property
    def job(self) -> Job:
        return self.taken.job

    @property
    def tally(self) -> Tally:
        return self.taken.tally

    async def counted(self, frames: AsyncGenerator[EncodedFrame, None]) -> AsyncGenerator[EncodedFrame, None]:
        """The same frames, counted as they pass."""
        async with aclosing(frames):
            async for frame in frames:
                yield frame
                self.frames_done += len(frame.entries)

    async def renew(self) -> bool:
        """Also tells how far it is."""
        async with self._units.begin() as work:
            kept = await work.segments.renew(self.taken, self.frames_done, self._patience.lease_s)
            await work.commit()
        if kept:
            # a transaction of its own: whoever locks a job and its segment locks the job first
            async with self._units.begin() as work:
                await tell_progress(work, self.job, self._patience.tell_every_s)
                await work.commit()
        return kept

    async def is_held(self, work: UnitOfWork) -> bool:
        return await work.segments.is_held(self.taken)

    async def hand_back(self, work: UnitOfWork, *, charged: bool) -> Tally | None:
        return await work.segments.hand_back(self.taken, charged=charged)
