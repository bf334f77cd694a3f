"""Mails in PostgreSQL, looked back on."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Page, Place
from fiapx_common.postgres import forget_seen, newest_first, transaction
from sqlalchemy.ext.asyncio import AsyncEngine

from notification_service.entities.languages import Language
from notification_service.entities.mails import SECRET_FACTS, MailKind, MailRecord, MailStatus, Outcome
from notification_service.repositories.tables import MAILS


class PostgresMailRecords:
    """A port's `MailRecords` and `OldRows`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def newest_of(self, user_id: UUID, after: Place | None, most: int) -> Page[MailRecord]:
        own = sa.select(MAILS).where(MAILS.c.user_id == user_id)
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(newest_first(own, MAILS, after).limit(most + 1))).all()
        return Page.of([_record(row) for row in rows], most)

    async def forget(self, older_than_s: float) -> int:
        age = timedelta(seconds=older_than_s)
        finished = MAILS.c.status != MailStatus.QUEUED
        async with transaction(self._engine) as connection:
            mails = await connection.execute(sa.delete(MAILS).where(finished, MAILS.c.created_at < sa.func.now() - age))
            await connection.commit()
        return mails.rowcount + await forget_seen(self._engine, age)


def _record(row: sa.Row[Any]) -> MailRecord:
    return MailRecord(
        id=row.id,
        message_id=row.message_id,
        outcome=Outcome(MailKind(row.kind), row.about, row.attempt),
        language=Language(row.language),
        facts={name: fact for name, fact in row.facts.items() if name not in SECRET_FACTS},
        subject=row.subject,
        status=MailStatus(row.status),
        failure=row.failure,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
