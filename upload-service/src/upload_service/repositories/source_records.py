"""Which files in the store the rows still count on."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from fiapx_models.statuses import TERMINAL
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.repositories.tables import VIDEOS


class PostgresSourceRecords:
    """Looks over all users' rows: for the sweeper only."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def unwanted(self, at: datetime, limit: int) -> Sequence[UUID]:
        ended = VIDEOS.c.status.in_([status.value for status in TERMINAL])
        over = sa.and_(ended, VIDEOS.c.source_expires_at < at)
        wanted = (
            sa.select(VIDEOS.c.id)
            .where(VIDEOS.c.source_removed_at.is_(None), sa.or_(VIDEOS.c.deleted_at.is_not(None), over))
            .limit(limit)
        )
        return (await self._connection.scalars(wanted)).all()

    async def removed(self, video_ids: Collection[UUID], at: datetime) -> None:
        await self._connection.execute(
            VIDEOS.update()
            .where(VIDEOS.c.id.in_(video_ids), VIDEOS.c.source_removed_at.is_(None))
            .values(source_removed_at=at)
        )

    async def kept(self, video_ids: Collection[UUID]) -> set[UUID]:
        wanted = sa.select(VIDEOS.c.id).where(VIDEOS.c.id.in_(video_ids), VIDEOS.c.source_removed_at.is_(None))
        return set((await self._connection.scalars(wanted)).all())
