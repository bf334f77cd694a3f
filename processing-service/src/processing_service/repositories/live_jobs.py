"""Jobs that are not at their end, with their segments summed up."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import LIVE, JobKey, JobState
from processing_service.entities.live_job import LiveJob
from processing_service.entities.segment import SegmentKey, SegmentState
from processing_service.repositories.jobs import NO_LEASE
from processing_service.repositories.moments import ago, now
from processing_service.repositories.tables import JOBS, SEGMENTS

_J: Final = JOBS.c
_S: Final = SEGMENTS.c
_UNDER_WAY: Final = (SegmentState.RELEASED, SegmentState.RUNNING)


class PostgresLiveJobs:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def still_for(self, seconds: float, limit: int) -> Sequence[LiveJob]:
        sums = _sums().subquery()
        moved_at = sa.func.greatest(_J.created_at, _J.told_at, sums.c.piece_moved_at).label("moved_at")
        statement = (
            sa.select(JOBS, sums, moved_at)
            .outerjoin_from(JOBS, sums, sa.and_(_J.video_id == sums.c.of_video, _J.attempt == sums.c.of_attempt))
            .where(_J.state.in_(LIVE), moved_at <= ago(seconds))
            .order_by(moved_at)
            .limit(limit)
        )
        return [_live_job(row) for row in await self._connection.execute(statement)]

    async def take_away(self, key: JobKey) -> Sequence[SegmentKey]:
        job = (_J.video_id == key.video_id, _J.attempt == key.attempt)
        await self._connection.execute(sa.update(JOBS).where(*job).values(sent_at=now(), **NO_LEASE))
        statement = (
            sa.update(SEGMENTS)
            .where(_S.video_id == key.video_id, _S.attempt == key.attempt, _S.state.in_(_UNDER_WAY))
            .values(state=SegmentState.RELEASED, sent_at=now(), **NO_LEASE)
            .returning(_S.number)
        )
        return [SegmentKey(key, number) for number in sorted(await self._connection.scalars(statement))]


def _sums() -> sa.Select[Any]:
    """One row for each live job that has been planned."""
    is_running = _S.state == SegmentState.RUNNING
    holders = sa.func.array_agg(aggregate_order_by(sa.distinct(_S.lease_holder), _S.lease_holder))
    return (
        sa.select(
            _S.video_id.label("of_video"),
            _S.attempt.label("of_attempt"),
            sa.func.count().label("segments"),
            sa.func.count().filter(_S.state == SegmentState.DONE).label("done"),
            sa.func.count().filter(_S.state == SegmentState.RELEASED).label("in_queue"),
            holders.filter(is_running).label("holders"),
            sa.func.min(_S.lease_until).filter(is_running).label("first_lease_until"),
            sa.func.greatest(sa.func.max(_S.taken_at), sa.func.max(_S.done_at)).label("piece_moved_at"),
            sa.func.max(_S.charged).label("worst_charged"),
            sa.func.max(_S.lost).label("worst_lost"),
        )
        .join(JOBS, sa.and_(_J.video_id == _S.video_id, _J.attempt == _S.attempt, _J.state.in_(LIVE)))
        .group_by(_S.video_id, _S.attempt)
    )


def _live_job(row: sa.Row[Any]) -> LiveJob:
    runs = row.state == JobState.RUNNING
    own = (row.lease_holder,) if row.lease_holder else ()
    return LiveJob(
        key=JobKey(row.video_id, row.attempt),
        user_id=row.user_id,
        state=JobState(row.state),
        accepted_at=row.created_at,
        moved_at=row.moved_at,
        segments=row.segments or 0,
        done=row.done or 0,
        in_queue=row.in_queue or 0,
        holders=tuple(row.holders or ()) if runs else own,
        lease_until=row.first_lease_until if runs else row.lease_until,
        charged=max(row.charged, row.worst_charged or 0),
        lost=max(row.lost, row.worst_lost or 0),
    )
