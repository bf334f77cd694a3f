"""Shares in one transaction. The owner is always in the WHERE, but where a link's token is all that is known."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Page, Place
from fiapx_common.postgres import newest_first
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.entities.share import Share
from upload_service.repositories.tables import SHARES, VIDEOS

_C: Final = SHARES.c
_FIELDS: Final = (
    "id",
    "video_id",
    "user_id",
    "token_hash",
    "note",
    "created_at",
    "expires_at",
    "last_used_at",
)


class PostgresShares:
    """The rows of one connection's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, share: Share) -> None:
        await self._connection.execute(SHARES.insert().values({name: getattr(share, name) for name in _FIELDS}))

    async def count(self, video_id: UUID, now: datetime) -> int:
        counting = sa.select(sa.func.count()).select_from(SHARES).where(_C.video_id == video_id, _C.expires_at > now)
        return await self._connection.scalar(counting) or 0

    async def page(
        self, user_id: UUID, video_id: UUID | None, now: datetime, *, limit: int, after: Place | None
    ) -> Page[Share]:
        wanted = sa.select(SHARES).where(_C.user_id == user_id, _C.expires_at > now)
        if video_id is not None:
            wanted = wanted.where(_C.video_id == video_id)
        found = await self._connection.execute(newest_first(wanted, SHARES, after).limit(limit + 1))
        return Page.of([_share(row) for row in found], limit)

    async def valid(self, token_hash: bytes, now: datetime) -> Share | None:
        good = sa.and_(_C.token_hash == token_hash, _C.expires_at > now, VIDEOS.c.deleted_at.is_(None))
        wanted = sa.select(SHARES).join(VIDEOS, VIDEOS.c.id == _C.video_id).where(good)
        row = (await self._connection.execute(wanted)).one_or_none()
        return None if row is None else _share(row)

    async def used(self, share_id: UUID, now: datetime) -> None:
        await self._connection.execute(SHARES.update().where(_C.id == share_id).values(last_used_at=now))

    async def give_token(self, user_id: UUID, share_id: UUID, token_hash: bytes, now: datetime) -> Share | None:
        own = sa.and_(_C.id == share_id, _C.user_id == user_id, _C.expires_at > now)
        giving = SHARES.update().where(own).values(token_hash=token_hash).returning(SHARES)
        row = (await self._connection.execute(giving)).one_or_none()
        return None if row is None else _share(row)

    async def remove(self, user_id: UUID, video_id: UUID, share_id: UUID) -> bool:
        own = sa.and_(_C.id == share_id, _C.video_id == video_id, _C.user_id == user_id)
        return (await self._connection.execute(SHARES.delete().where(own))).rowcount == 1

    async def remove_all(self, video_ids: Collection[UUID]) -> None:
        await self._connection.execute(SHARES.delete().where(_C.video_id.in_(video_ids)))

    async def forget(self, now: datetime) -> int:
        return (await self._connection.execute(SHARES.delete().where(_C.expires_at <= now))).rowcount


def _share(row: sa.Row[Any]) -> Share:
    return Share(**{name: getattr(row, name) for name in _FIELDS})
