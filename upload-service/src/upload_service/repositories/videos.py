"""Videos and the append-only record of their changes, in one transaction. The owner is always in the WHERE."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Place
from fiapx_common.postgres import newest_first
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.entities.changes import Change, change_between
from upload_service.entities.errors import VideoNotFound
from upload_service.entities.listing import Listing, Page, fitting
from upload_service.entities.quota import Usage
from upload_service.entities.video import Video
from upload_service.repositories.quotas import stored_bytes
from upload_service.repositories.rows import from_row, to_row
from upload_service.repositories.tables import VIDEO_EVENTS, VIDEOS

_ORDER_OF_CHANGES: Final = 1
"""Class of advisory locks; locks of one 64-bit number, as that of the usage, are apart from these."""


_SIZE_BYTES: Final = sa.func.octet_length(VIDEOS.c.options_json) + sa.func.coalesce(
    sa.func.octet_length(VIDEOS.c.metadata_json), 0
)


class PostgresVideos:
    """The rows of one connection's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self.changes: dict[UUID, Change] = {}
        """The newest of each video that this transaction changes."""

    async def add(self, video: Video) -> None:
        await self._connection.execute(VIDEOS.insert().values(to_row(video)))
        await self._record(None, video)

    async def change(self, before: Video, after: Video) -> None:
        old, new = to_row(before), to_row(after)
        different = {name: value for name, value in new.items() if value != old[name]}
        if different:
            await self._connection.execute(VIDEOS.update().where(VIDEOS.c.id == after.id).values(different))
            await self._record(before, after)

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        return await self._one(_of_user(user_id).where(VIDEOS.c.id == video_id))

    async def lock(self, user_id: UUID, video_id: UUID) -> Video:
        return await self._one(_of_user(user_id).where(VIDEOS.c.id == video_id).with_for_update())

    async def lock_some(self, user_id: UUID, limit: int) -> Sequence[Video]:
        wanted = _of_user(user_id).order_by(VIDEOS.c.id).limit(limit).with_for_update()
        return [from_row(row) for row in (await self._connection.execute(wanted)).mappings()]

    async def lock_for_outcome(self, video_id: UUID) -> Video | None:
        found = await self._connection.execute(sa.select(VIDEOS).where(VIDEOS.c.id == video_id).with_for_update())
        row = found.mappings().one_or_none()
        return from_row(row) if row is not None else None

    async def whosever(self, video_id: UUID) -> Video:
        return await self._one(sa.select(VIDEOS).where(VIDEOS.c.id == video_id))

    async def find(self, listing: Listing) -> Page:
        wanted = newest_first(_matching(listing), VIDEOS, listing.after)
        sizes = await self._connection.scalars(wanted.with_only_columns(_SIZE_BYTES).limit(listing.limit + 1))
        sizes_bytes = sizes.all()
        count = fitting(sizes_bytes, listing.limit)
        found = (await self._connection.execute(wanted.limit(count))).mappings().all()
        videos = tuple(from_row(row) for row in found)
        more = len(sizes_bytes) > count and bool(videos)
        return Page(videos, Place(videos[-1].created_at, videos[-1].id) if more else None)

    async def usage(self, user_id: UUID, at: datetime) -> Usage:
        counted = sa.select(sa.func.count(), stored_bytes(at)).where(
            VIDEOS.c.user_id == user_id, VIDEOS.c.deleted_at.is_(None)
        )
        videos, kept_bytes = (await self._connection.execute(counted)).one()
        return Usage(videos, int(kept_bytes))

    async def lock_usage(self, user_id: UUID, at: datetime) -> Usage:
        # Its own statement: the count after it sees what the one before us has committed.
        number = int.from_bytes(user_id.bytes[:8], "big", signed=True)
        await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))
        return await self.usage(user_id, at)

    async def _one(self, wanted: sa.Select[Any]) -> Video:
        row = (await self._connection.execute(wanted)).mappings().one_or_none()
        if row is None:
            raise VideoNotFound
        return from_row(row)

    async def _record(self, before: Video | None, after: Video) -> None:
        # One user's changes become true one after the other, in the order of their seq: whoever has read up to a seq
        # has missed none. A transaction comes here with its video's row locked, so this lock is always the inner one.
        user = int.from_bytes(after.user_id.bytes[:4], "big", signed=True)
        await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ORDER_OF_CHANGES, user)))
        recorded = VIDEO_EVENTS.insert().values(
            video_id=after.id,
            user_id=after.user_id,
            at=datetime.now(UTC),
            change=change_between(before, after),
        )
        seq = (await self._connection.execute(recorded.returning(VIDEO_EVENTS.c.seq))).scalar_one()
        self.changes[after.id] = Change(seq, after)


def _of_user(user_id: UUID) -> sa.Select[Any]:
    return sa.select(VIDEOS).where(VIDEOS.c.user_id == user_id, VIDEOS.c.deleted_at.is_(None))


def _matching(listing: Listing) -> sa.Select[Any]:
    wanted = _of_user(listing.user_id)
    if listing.status is not None:
        wanted = wanted.where(VIDEOS.c.status == listing.status.value)
    if listing.filename_part is not None:
        wanted = wanted.where(VIDEOS.c.filename.icontains(listing.filename_part, autoescape=True))
    if listing.tag is not None:
        wanted = wanted.where(VIDEOS.c.tags.contains([listing.tag]))
    if listing.external_id is not None:
        wanted = wanted.where(VIDEOS.c.external_id == listing.external_id)
    return wanted
