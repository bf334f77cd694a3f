"""Uploads past this service, in one transaction. Whose they are, their video's row tells."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from fiapx_models.statuses import VideoStatus
from sqlalchemy.ext.asyncio import AsyncConnection

from upload_service.entities.direct_upload import DirectUpload, PartPlan
from upload_service.entities.errors import UploadNotFound
from upload_service.repositories.tables import UPLOADS, VIDEOS

_JOINED = UPLOADS.join(VIDEOS, UPLOADS.c.video_id == VIDEOS.c.id)
_OPEN = UPLOADS.c.closed_at.is_(None)
_COMING = sa.and_(VIDEOS.c.status == VideoStatus.UPLOADING.value, VIDEOS.c.deleted_at.is_(None))
_WANTED = sa.select(UPLOADS, VIDEOS.c.size_bytes).select_from(_JOINED)


class PostgresDirectUploads:
    """The rows of one connection's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, upload: DirectUpload) -> None:
        await self._connection.execute(
            UPLOADS.insert().values(
                video_id=upload.video_id,
                multipart_id=upload.multipart_id,
                part_size_bytes=upload.plan.part_size_bytes,
                expires_at=upload.expires_at,
            )
        )

    async def get(self, video_id: UUID) -> DirectUpload:
        found = await self._connection.execute(_WANTED.where(UPLOADS.c.video_id == video_id))
        row = found.mappings().one_or_none()
        if row is None:
            raise UploadNotFound
        return _from_row(row)

    async def complete(self, upload: DirectUpload) -> None:
        await self._connection.execute(
            UPLOADS.update()
            .where(UPLOADS.c.video_id == upload.video_id)
            .values(completed_at=upload.completed_at, closed_at=upload.completed_at)
        )

    async def close(self, video_id: UUID, at: datetime) -> None:
        await self._connection.execute(
            UPLOADS.update().where(UPLOADS.c.video_id == video_id, _OPEN).values(closed_at=at)
        )

    async def overdue(self, at: datetime, limit: int) -> Sequence[UUID]:
        wanted = sa.select(UPLOADS.c.video_id).select_from(_JOINED).where(_OPEN, _COMING, UPLOADS.c.expires_at < at)
        return (await self._connection.scalars(wanted.limit(limit))).all()

    async def forsaken(self, limit: int) -> Sequence[UUID]:
        wanted = sa.select(UPLOADS.c.video_id).select_from(_JOINED).where(_OPEN, sa.not_(_COMING))
        return (await self._connection.scalars(wanted.limit(limit))).all()

    async def open_among(self, multipart_ids: Collection[str]) -> set[str]:
        wanted = sa.select(UPLOADS.c.multipart_id).where(_OPEN, UPLOADS.c.multipart_id.in_(multipart_ids))
        return set((await self._connection.scalars(wanted)).all())


def _from_row(row: sa.RowMapping) -> DirectUpload:
    return DirectUpload(
        video_id=row["video_id"],
        multipart_id=row["multipart_id"],
        plan=PartPlan(row["size_bytes"], row["part_size_bytes"]),
        expires_at=row["expires_at"],
        completed_at=row["completed_at"],
    )
