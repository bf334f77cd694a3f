"""Whose turn it is, by the rows of jobs and segments."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import JobKey, JobState
from processing_service.entities.segment import SegmentKey, SegmentState
from processing_service.repositories.moments import ago
from processing_service.repositories.tables import JOBS, SEGMENTS

_J: Final = JOBS.c
_S: Final = SEGMENTS.c
_OF_JOB: Final = sa.and_(_J.video_id == _S.video_id, _J.attempt == _S.attempt)
_WHILE_S: Final = 30.0
"""How long it counts what a user was served: whoever had the workers alone does not wait for longer than that."""


class PostgresTurns:
    """In the transaction of `connection`. A port's `Turns`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def segment_before(self, key: SegmentKey) -> SegmentKey | None:
        until = sa.func.coalesce(_S.done_at, sa.func.now())
        counts = sa.or_(
            _S.state == SegmentState.RUNNING, sa.and_(_S.state == SegmentState.DONE, _S.done_at > ago(_WHILE_S))
        )
        served = (
            sa.select(_J.user_id, sa.func.sum(sa.extract("epoch", until - _S.taken_at)).label("share"))
            .join(SEGMENTS, _OF_JOB)
            .where(counts)
            .group_by(_J.user_id)
            .cte("served")
        )
        waits = (_S.state == SegmentState.RELEASED, _S.charged == 0, _S.lost == 0, _J.state == JobState.RUNNING)
        statement = (
            _behind(served, key.job, sa.select(_S.video_id, _S.attempt, _S.number), SEGMENTS.join(JOBS, _OF_JOB))
            .where(*waits)
            .order_by(_S.sent_at, _S.number)
        )
        row = (await self._connection.execute(statement)).first()
        return None if row is None else SegmentKey(JobKey(row.video_id, row.attempt), row.number)

    async def job_before(self, key: JobKey) -> JobKey | None:
        begun = sa.or_(_J.state != JobState.PLANNING, _J.lease_holder.is_not(None))
        under_way = (
            sa.select(_J.user_id, sa.func.count().label("share"))
            .where(_J.finished_at.is_(None), begun)
            .group_by(_J.user_id)
            .cte("under_way")
        )
        waits = (_J.state == JobState.PLANNING, _J.lease_holder.is_(None), _J.charged == 0, _J.lost == 0)
        statement = (
            _behind(under_way, key, sa.select(_J.video_id, _J.attempt), JOBS)
            .where(*waits, _J.finished_at.is_(None))
            .order_by(_J.sent_at)
        )
        row = (await self._connection.execute(statement)).first()
        return None if row is None else JobKey(row.video_id, row.attempt)


def _behind(shares: sa.CTE, job: JobKey, wanted: sa.Select[Any], rows: sa.FromClause) -> sa.Select[Any]:
    """The first of `wanted` whose user has less of the shares than the job's user: the one who has least."""
    mine = (
        sa.select(shares.c.share)
        .join(JOBS, JOBS.c.user_id == shares.c.user_id)
        .where(JOBS.c.video_id == job.video_id, JOBS.c.attempt == job.attempt)
        .scalar_subquery()
    )
    share = sa.func.coalesce(shares.c.share, 0)
    return (
        wanted.select_from(rows.outerjoin(shares, shares.c.user_id == _J.user_id))
        .where(share < sa.func.coalesce(mine, 0))
        .order_by(share)
        .limit(1)
    )
