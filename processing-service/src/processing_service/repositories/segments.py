"""The table `segments`, and the frames that a finished one brings."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.archive import StoredPart
from processing_service.entities.job import JobKey, JobState
from processing_service.entities.lease import Lease, NotTaken, Tally
from processing_service.entities.segment import PlannedSegment, SegmentKey, SegmentState, TakenSegment
from processing_service.repositories.frames import PostgresFrames
from processing_service.repositories.jobs import job_of
from processing_service.repositories.moments import ago, from_now, now
from processing_service.repositories.tables import JOBS, SEGMENTS
from processing_service.services.row_ports import WrittenPart

_C: Final = SEGMENTS.c
_KEY: Final = (_C.video_id, _C.attempt, _C.number)
_UNDER_WAY: Final = (SegmentState.RELEASED, SegmentState.RUNNING)
_OF_RUNNING_JOB: Final = sa.and_(
    JOBS.c.video_id == _C.video_id, JOBS.c.attempt == _C.attempt, JOBS.c.state == JobState.RUNNING
)


class PostgresSegments:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def release(self, job: JobKey, window: int) -> list[SegmentKey]:
        under_way = await self._connection.scalar(
            sa.select(sa.func.count()).select_from(SEGMENTS).where(_of(job), _C.state.in_(_UNDER_WAY))
        )
        room = window - (under_way or 0)
        if room <= 0:
            return []
        following = (
            sa.select(_C.number).where(_of(job), _C.state == SegmentState.WAITING).order_by(_C.number).limit(room)
        )
        statement = (
            sa.update(SEGMENTS)
            .where(_of(job), _C.number.in_(following))
            .values(state=SegmentState.RELEASED, sent_at=now())
            .returning(_C.number)
        )
        return [SegmentKey(job, number) for number in sorted(await self._connection.scalars(statement))]

    async def take(self, key: SegmentKey, holder: str, lease_s: float, *, redelivered: bool) -> TakenSegment | NotTaken:
        free = sa.or_(_C.state == SegmentState.RELEASED, _C.lease_holder == holder, _C.lease_until < now())
        statement = (
            sa.update(SEGMENTS)
            .where(_is(key), _OF_RUNNING_JOB, _C.state.in_(_UNDER_WAY), sa.true() if redelivered else free)
            .values(
                state=SegmentState.RUNNING,
                lease_attempt=_C.lease_attempt + 1,
                lease_holder=holder,
                lease_until=from_now(lease_s),
                lost=_C.lost + sa.case((_C.state == SegmentState.RUNNING, 1), else_=0),
                frames_done=0,
                taken_at=now(),
            )
            .returning(_C.spec, _C.frames_planned, _C.work_s, _C.lease_attempt, _C.charged, _C.lost)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        if row is None:
            return await self._why_not(key)
        job = job_of((await self._connection.execute(sa.select(JOBS).where(_is_job(key.job)))).one())
        planned = PlannedSegment(key.number, row.frames_planned, row.work_s, row.spec)
        return TakenSegment(job, planned, Lease(holder, row.lease_attempt), Tally(row.charged, row.lost))

    async def renew(self, taken: TakenSegment, frames_done: int, lease_s: float) -> bool:
        renewed = await self._connection.execute(
            sa.update(SEGMENTS)
            .where(*_held(taken), _OF_RUNNING_JOB)
            .values(lease_until=from_now(lease_s), frames_done=frames_done)
        )
        return renewed.rowcount == 1

    async def is_held(self, taken: TakenSegment) -> bool:
        statement = (
            sa.select(sa.true())
            .select_from(SEGMENTS.join(JOBS, _OF_RUNNING_JOB))
            .where(*_held(taken))
            .with_for_update(of=SEGMENTS)
        )
        return bool(await self._connection.scalar(statement))

    async def hand_back(self, taken: TakenSegment, *, charged: bool) -> Tally | None:
        statement = (
            sa.update(SEGMENTS)
            .where(*_held(taken))
            .values(
                state=SegmentState.RELEASED,
                charged=_C.charged + int(charged),
                lease_holder=None,
                lease_until=None,
                sent_at=now(),
            )
            .returning(_C.charged, _C.lost)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else Tally(row.charged, row.lost)

    async def finish(self, taken: TakenSegment, part: WrittenPart) -> bool:
        finished = await self._connection.execute(
            sa.update(SEGMENTS)
            .where(*_held(taken), _OF_RUNNING_JOB)
            .values(
                state=SegmentState.DONE,
                part_key=part.stored.key,
                part_bytes=part.stored.size_bytes,
                frames_done=len(part.rows),
                damaged=part.damaged or None,
                lease_holder=None,
                lease_until=None,
                done_at=now(),
            )
        )
        if finished.rowcount != 1:
            return False
        await PostgresFrames(self._connection).add(taken.key, part.rows)
        return True

    async def parts(self, job: JobKey) -> list[WrittenPart]:
        found = await self._connection.execute(
            sa.select(_C.number, _C.part_key, _C.part_bytes, _C.damaged).where(_of(job)).order_by(_C.number)
        )
        rows = await PostgresFrames(self._connection).by_segment(job)
        by_segment = {
            number: tuple(row for _, row in group) for number, group in groupby(rows, key=lambda pair: pair[0])
        }
        return [
            WrittenPart(
                StoredPart(part.part_key, part.part_bytes),
                by_segment.get(part.number, ()),
                tuple((start, end) for start, end in part.damaged or ()),
            )
            for part in found
        ]

    async def is_done(self, job: JobKey, index: int) -> bool | None:
        last = sa.func.sum(_C.frames_planned).over(order_by=_C.number).label("last")
        planned = sa.select(_C.state, last).where(_of(job)).subquery()
        statement = sa.select(planned.c.state).where(planned.c.last >= index).order_by(planned.c.last).limit(1)
        state = await self._connection.scalar(statement)
        return None if state is None else bool(state == SegmentState.DONE)

    async def keep(self, job: JobKey, parts: Sequence[WrittenPart]) -> None:
        is_it = _C.number == sa.bindparam("of_number", type_=sa.Integer)
        kept_bytes = sa.bindparam("kept_bytes", type_=sa.BigInteger)
        statement = sa.update(SEGMENTS).where(_of(job), is_it).values(part_bytes=kept_bytes)
        sizes = [{"of_number": place, "kept_bytes": part.stored.kept_bytes} for place, part in enumerate(parts)]
        await self._connection.execute(statement, sizes)
        await PostgresFrames(self._connection).keep(job, [row for part in parts for row in part.rows])

    async def stuck(self, waiting_s: float, expired_s: float, limit: int) -> list[SegmentKey]:
        found = (
            sa.select(*_KEY)
            .join(JOBS, _OF_RUNNING_JOB)
            .where(
                sa.or_(
                    sa.and_(_C.state == SegmentState.RELEASED, _C.sent_at < ago(waiting_s)),
                    sa.and_(
                        _C.state == SegmentState.RUNNING,
                        _C.lease_until < ago(expired_s),
                        _C.sent_at < ago(expired_s),
                    ),
                )
            )
            .order_by(_C.sent_at)
            .limit(limit)
            .with_for_update(of=SEGMENTS, skip_locked=True)
        )
        statement = sa.update(SEGMENTS).where(sa.tuple_(*_KEY).in_(found)).values(sent_at=now()).returning(*_KEY)
        rows = await self._connection.execute(statement)
        return [SegmentKey(JobKey(row.video_id, row.attempt), row.number) for row in rows]

    async def _why_not(self, key: SegmentKey) -> NotTaken:
        busy = sa.select(sa.true()).select_from(SEGMENTS.join(JOBS, _OF_RUNNING_JOB))
        found = await self._connection.scalar(busy.where(_is(key), _C.state == SegmentState.RUNNING))
        return NotTaken.BUSY if found else NotTaken.NOT_WANTED


def _of(job: JobKey) -> sa.ColumnElement[bool]:
    return sa.and_(_C.video_id == job.video_id, _C.attempt == job.attempt)


def _is(key: SegmentKey) -> sa.ColumnElement[bool]:
    return sa.and_(_of(key.job), _C.number == key.number)


def _is_job(key: JobKey) -> sa.ColumnElement[bool]:
    return sa.and_(JOBS.c.video_id == key.video_id, JOBS.c.attempt == key.attempt)


def _held(taken: TakenSegment) -> tuple[Any, ...]:
    """The fence."""
    return (
        _is(taken.key),
        _C.state == SegmentState.RUNNING,
        _C.lease_attempt == taken.lease.attempt,
        _C.lease_holder == taken.lease.holder,
    )
