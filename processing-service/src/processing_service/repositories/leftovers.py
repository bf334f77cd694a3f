"""What may be removed: jobs that ended, results that were replaced."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import JobKey, JobState
from processing_service.repositories.moments import ago, now
from processing_service.repositories.tables import JOBS, SEGMENTS

_C: Final = JOBS.c


class PostgresLeftovers:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def ended_unswept(self, after_s: float, limit: int) -> list[tuple[JobKey, JobState]]:
        statement = (
            sa.select(_C.video_id, _C.attempt, _C.state)
            .where(_C.finished_at < ago(after_s), _C.swept_at.is_(None))
            .order_by(_C.finished_at)
            .limit(limit)
        )
        found = await self._connection.execute(statement)
        return [(JobKey(row.video_id, row.attempt), JobState(row.state)) for row in found]

    async def swept(self, key: JobKey) -> None:
        statement = sa.update(JOBS).where(_is(JOBS, key)).values(swept_at=now()).returning(_C.state)
        state = await self._connection.scalar(statement)
        if state != JobState.COMPLETED:
            await self._connection.execute(sa.delete(SEGMENTS).where(_is(SEGMENTS, key)))

    async def replaced(self, after_s: float, limit: int) -> list[JobKey]:
        later = JOBS.alias("later")
        is_replaced = sa.exists().where(
            later.c.video_id == _C.video_id,
            later.c.attempt > _C.attempt,
            later.c.state == JobState.COMPLETED,
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
