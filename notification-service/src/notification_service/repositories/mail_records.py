"""Mails in PostgreSQL, looked back on."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.postgres import forget_seen, transaction
from sqlalchemy.ext.asyncio import AsyncEngine

from notification_service.entities.mails import MailKind, MailRecord, MailStatus
from notification_service.repositories.tables import MAILS


class PostgresMailRecords:
    """A port's `MailRecords` and `OldRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def newest_of(self, user_id: UUID, most: int) -> Sequence[MailRecord]:
        newest = (
            sa.select(MAILS)
            .where(MAILS.c.user_id == user_id)
            .order_by(MAILS.c.created_at.desc(), MAILS.c.id.desc())
            .limit(most)
        )
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(newest)).all()
        return [
            MailRecord(
                message_id=row.message_id,
                kind=MailKind(row.kind),
                subject=row.subject,
                status=MailStatus(row.status),
                failure=row.failure,
                created_at=row.created_at,
                sent_at=row.sent_at,
            )
            for row in rows
        ]

    async def forget(self, older_than_s: float) -> int:
        age = timedelta(seconds=older_than_s)
        finished = MAILS.c.status != MailStatus.QUEUED
        async with transaction(self._engine) as connection:
            mails = await connection.execute(sa.delete(MAILS).where(finished, MAILS.c.created_at < sa.func.now() - age))
            await connection.commit()
        return mails.rowcount + await forget_seen(self._engine, age)
