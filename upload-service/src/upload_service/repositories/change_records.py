"""The record of changes, read in transactions of their own."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.postgres import transaction
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine

from upload_service.entities.changes import Change, RecordedChange
from upload_service.entities.errors import VideoNotFound
from upload_service.entities.listing import fitting
from upload_service.repositories.rows import from_row
from upload_service.repositories.tables import VIDEO_EVENTS, VIDEOS

_SIZE_BYTES: Final = sa.func.octet_length(sa.cast(VIDEO_EVENTS.c.change, sa.Text))


class PostgresChangeRecords:
    """Whatever tells a video as it is now is one statement, and so one snapshot: a video is as its seq says."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def current(self, user_id: UUID, video_id: UUID) -> Change:
        seq = _newest(VIDEO_EVENTS.c.video_id == VIDEOS.c.id)
        own = sa.and_(VIDEOS.c.id == video_id, VIDEOS.c.user_id == user_id, VIDEOS.c.deleted_at.is_(None))
        found = await self._read(sa.select(seq.label("seq"), VIDEOS).where(own))
        if not found:
            raise VideoNotFound
        return found[0]

    async def newest(self, user_ids: Collection[UUID]) -> Mapping[UUID, int]:
        if not user_ids:
            return {}
        users = sa.func.unnest(sa.literal(list(user_ids), ARRAY(sa.Uuid))).column_valued("watched")
        wanted = sa.select(users, _newest(VIDEO_EVENTS.c.user_id == users))
        async with transaction(self._engine) as connection:
            return {user_id: seq for user_id, seq in await connection.execute(wanted) if seq is not None}

    async def since(self, user_id: UUID, after_seq: int, limit: int) -> Sequence[Change]:
        seq = sa.func.max(VIDEO_EVENTS.c.seq)
        changed = (
            sa.select(VIDEO_EVENTS.c.video_id, seq.label("seq"))
            .where(VIDEO_EVENTS.c.user_id == user_id, VIDEO_EVENTS.c.seq > after_seq)
            .group_by(VIDEO_EVENTS.c.video_id)
            .order_by(seq)
            .limit(limit)
            .subquery()
        )
        joined = changed.join(VIDEOS, VIDEOS.c.id == changed.c.video_id)
        return await self._read(sa.select(changed.c.seq, VIDEOS).select_from(joined).order_by(changed.c.seq))

    async def history(
        self, user_id: UUID, video_id: UUID, after_seq: int, limit: int
    ) -> tuple[Sequence[RecordedChange], bool]:
        own = sa.select(VIDEOS.c.id).where(
            VIDEOS.c.id == video_id, VIDEOS.c.user_id == user_id, VIDEOS.c.deleted_at.is_(None)
        )
        wanted = (
            sa.select(VIDEO_EVENTS.c.seq, VIDEO_EVENTS.c.at, VIDEO_EVENTS.c.change)
            .where(VIDEO_EVENTS.c.video_id == video_id, VIDEO_EVENTS.c.seq > after_seq)
            .order_by(VIDEO_EVENTS.c.seq)
        )
        async with transaction(self._engine) as connection:
            if await connection.scalar(own) is None:
                raise VideoNotFound
            sizes_bytes = (await connection.scalars(wanted.with_only_columns(_SIZE_BYTES).limit(limit + 1))).all()
            count = fitting(sizes_bytes, limit)
            found = [RecordedChange(*row) for row in await connection.execute(wanted.limit(count))]
        return found, len(sizes_bytes) > count

    async def _read(self, wanted: sa.Select[tuple[int]]) -> list[Change]:
        async with transaction(self._engine) as connection:
            return [Change(row["seq"], from_row(row)) for row in (await connection.execute(wanted)).mappings()]


def _newest(which: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.max(VIDEO_EVENTS.c.seq)).where(which).scalar_subquery()
