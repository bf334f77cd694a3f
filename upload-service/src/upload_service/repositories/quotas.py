"""Quotas of single users, and who uses how much, in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.entities.quota import OwnQuota, Quota, Usage, UserUsage
from upload_service.repositories.tables import USER_QUOTAS, VIDEOS


def stored_bytes(at: datetime) -> sa.ColumnElement[Any]:
    """Of one or many videos: files and archives that are still kept."""
    source = sa.case((VIDEOS.c.source_removed_at.is_(None), VIDEOS.c.size_bytes), else_=0)
    archive = sa.case((VIDEOS.c.expires_at > at, VIDEOS.c.archive_bytes), else_=0)
    return sa.func.coalesce(sa.func.sum(source + archive), 0)


class PostgresQuotas:
    """The rows of one connection's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of(self, user_id: UUID, general: Quota) -> Quota:
        wanted = sa.select(USER_QUOTAS).where(USER_QUOTAS.c.user_id == user_id)
        row = (await self._connection.execute(wanted)).one_or_none()
        return general if row is None else general.with_own(OwnQuota(row.videos, row.stored_bytes))

    async def give(self, user_id: UUID, own: OwnQuota) -> None:
        limits = {"videos": own.videos, "stored_bytes": own.stored_bytes}
        given = insert(USER_QUOTAS).values(user_id=user_id, **limits)
        await self._connection.execute(given.on_conflict_do_update(index_elements=[USER_QUOTAS.c.user_id], set_=limits))

    async def usages(self, at: datetime, limit: int) -> Sequence[UserUsage]:
        used = (
            sa.select(
                VIDEOS.c.user_id,
                sa.func.count().label("count"),
                stored_bytes(at).label("bytes"),
                sa.func.max(VIDEOS.c.created_at).label("latest_at"),
            )
            .where(VIDEOS.c.deleted_at.is_(None))
            .group_by(VIDEOS.c.user_id)
            .subquery()
        )
        user_id = sa.func.coalesce(used.c.user_id, USER_QUOTAS.c.user_id).label("id")
        rows = await self._connection.execute(
            sa.select(
                user_id, used.c.count, used.c.bytes, used.c.latest_at, USER_QUOTAS.c.videos, USER_QUOTAS.c.stored_bytes
            )
            .join_from(used, USER_QUOTAS, used.c.user_id == USER_QUOTAS.c.user_id, full=True)
            .order_by(used.c.bytes.desc().nulls_last(), user_id)
            .limit(limit)
        )
        return [_user_usage(row) for row in rows]


def _user_usage(row: sa.Row[Any]) -> UserUsage:
    # by place: a row's own methods are called count and index
    user_id, count, used_bytes, latest_at, videos, own_bytes = row
    usage = Usage(count or 0, int(used_bytes or 0))
    return UserUsage(user_id, usage, OwnQuota(videos, own_bytes), latest_at)
