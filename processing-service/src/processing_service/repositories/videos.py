"""The table `videos`: what a video's events have said."""

from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import Attempts, JobKey
from processing_service.repositories.moments import ago, now
from processing_service.repositories.tables import JOBS, VIDEOS

_COLUMNS: Final = VIDEOS.c


class PostgresVideos:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def lock(self, video_id: UUID) -> Attempts:
        # an update of nothing: it locks the row, also where the insert finds it there already
        statement = (
            insert(VIDEOS)
            .values(video_id=video_id, newest_attempt=0, cancelled_through=0)
            .on_conflict_do_update(index_elements=[_COLUMNS.video_id], set_={"video_id": video_id})
            .returning(_COLUMNS.newest_attempt, _COLUMNS.cancelled_through, _COLUMNS.deleted_at)
        )
        row = (await self._connection.execute(statement)).one()
        return Attempts(row.newest_attempt, row.cancelled_through, deleted=row.deleted_at is not None)

    async def begin(self, key: JobKey) -> None:
        await self._change(key.video_id, newest_attempt=key.attempt)

    async def cancel(self, key: JobKey) -> None:
        through = sa.func.greatest(_COLUMNS.cancelled_through, key.attempt)
        await self._change(key.video_id, cancelled_through=through)

    async def delete(self, video_id: UUID) -> None:
        await self._change(video_id, deleted_at=sa.func.coalesce(_COLUMNS.deleted_at, now()))

    async def deleted_unswept(self, after_s: float, limit: int) -> list[UUID]:
        statement = (
            sa.select(_COLUMNS.video_id)
            .where(_COLUMNS.deleted_at < ago(after_s), _COLUMNS.swept_at.is_(None))
            .order_by(_COLUMNS.deleted_at)
            .limit(limit)
        )
        return list((await self._connection.scalars(statement)).all())

    async def swept(self, video_id: UUID) -> None:
        await self._connection.execute(sa.delete(JOBS).where(JOBS.c.video_id == video_id))
        await self._change(video_id, swept_at=now())

    async def _change(self, video_id: UUID, **values: object) -> None:
        await self._connection.execute(sa.update(VIDEOS).where(_COLUMNS.video_id == video_id).values(values))
