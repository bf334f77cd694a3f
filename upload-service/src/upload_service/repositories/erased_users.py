"""Users who are no more, in one transaction: an id and moments, so that what comes late is known as such."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.repositories.tables import ERASED_USERS, IDEMPOTENCY_KEYS, UPLOADS, USER_QUOTAS, VIDEOS

_OPEN_UPLOAD = sa.exists().where(UPLOADS.c.video_id == VIDEOS.c.id, UPLOADS.c.closed_at.is_(None))
_NOTHING_STORED = sa.and_(VIDEOS.c.deleted_at.is_not(None), VIDEOS.c.source_removed_at.is_not(None), ~_OPEN_UPLOAD)


class PostgresErasedUsers:
    """The rows of one connection's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, user_id: UUID) -> None:
        await self._connection.execute(insert(ERASED_USERS).values(user_id=user_id).on_conflict_do_nothing())

    async def has(self, user_id: UUID) -> bool:
        wanted = sa.select(sa.exists().where(ERASED_USERS.c.user_id == user_id))
        return bool(await self._connection.scalar(wanted))

    async def purge(self, limit: int) -> int:
        unpurged = sa.select(ERASED_USERS.c.user_id).where(ERASED_USERS.c.purged_at.is_(None)).limit(limit)
        users = (await self._connection.scalars(unpurged.with_for_update(skip_locked=True))).all()
        if not users:
            return 0
        of_theirs = VIDEOS.c.user_id.in_(users)
        purged = await self._connection.execute(VIDEOS.delete().where(of_theirs, _NOTHING_STORED))
        await self._connection.execute(IDEMPOTENCY_KEYS.delete().where(IDEMPOTENCY_KEYS.c.user_id.in_(users)))
        await self._connection.execute(USER_QUOTAS.delete().where(USER_QUOTAS.c.user_id.in_(users)))
        rest = sa.exists().where(VIDEOS.c.user_id == ERASED_USERS.c.user_id)
        await self._connection.execute(
            ERASED_USERS.update().where(ERASED_USERS.c.user_id.in_(users), ~rest).values(purged_at=sa.func.now())
        )
        return purged.rowcount
