"""What may be removed: leftovers of jobs that ended, results that expired or were replaced."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import EndedJob, JobKey, JobState
from processing_service.repositories.moments import ago, now
from processing_service.repositories.tables import FRAMES, JOBS, SEGMENTS

_C: Final = JOBS.c
_KEY: Final = (_C.video_id, _C.attempt)


class PostgresLeftovers:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def expire(self, after_s: float, limit: int) -> list[JobKey]:
        over = (_C.state == JobState.COMPLETED, _C.expired_at.is_(None), _C.finished_at < ago(after_s))
        # one that was never swept is left for a later pass: its sweeper has seen a result to keep
        found = (
            sa.select(*_KEY)
            .where(*over, _C.swept_at.is_not(None))
            .order_by(_C.finished_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = (
            sa.update(JOBS).where(sa.tuple_(*_KEY).in_(found)).values(expired_at=now(), swept_at=None).returning(*_KEY)
        )
        return [JobKey(*row) for row in await self._connection.execute(statement)]

    async def give_up(self, key: JobKey) -> None:
        kept = (_is(JOBS, key), _C.state == JobState.COMPLETED, _C.expired_at.is_(None))
        await self._connection.execute(sa.update(JOBS).where(*kept).values(expired_at=now(), swept_at=None))

    async def ended_unswept(self, after_s: float, limit: int) -> list[EndedJob]:
        statement = (
            sa.select(*_KEY, _C.state, _C.expired_at, _C.result_attempt)
            .where(_C.finished_at < ago(after_s), _C.swept_at.is_(None))
            .order_by(_C.finished_at)
            .limit(limit)
        )
        found = await self._connection.execute(statement)
        return [
            EndedJob(
                JobKey(row.video_id, row.attempt),
                JobState(row.state),
                has_expired=row.expired_at is not None,
                result_attempt=row.result_attempt,
            )
            for row in found
        ]

    async def swept(self, ended: EndedJob) -> None:
        is_as_seen = _C.expired_at.is_not(None) if ended.has_expired else _C.expired_at.is_(None)
        await self._connection.execute(sa.update(JOBS).where(_is(JOBS, ended.key), is_as_seen).values(swept_at=now()))
        if not ended.keeps_result:
            for table in (FRAMES, SEGMENTS):
                await self._connection.execute(sa.delete(table).where(_is(table, ended.key)))

    async def replaced(self, after_s: float, limit: int) -> list[JobKey]:
        later = JOBS.alias("later")
        is_replaced = sa.exists().where(
            later.c.video_id == _C.video_id,
            later.c.attempt > _C.attempt,
            later.c.finished_at < ago(after_s),
        )
        statement = (
            sa.select(_C.video_id, _C.attempt)
            .where(_C.state == JobState.COMPLETED, is_replaced)
            .order_by(_C.video_id, _C.attempt)
            .limit(limit)
        )
        return [JobKey(*row) for row in await self._connection.execute(statement)]

    async def forget(self, key: JobKey) -> None:
        await self._connection.execute(sa.delete(JOBS).where(_is(JOBS, key)))


def _is(table: sa.Table, key: JobKey) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.video_id == key.video_id, table.c.attempt == key.attempt)
