"""Mails in PostgreSQL, as those who queue them see them."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from opentelemetry import propagate
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notification_service.entities.mails import MailStatus, NewMail
from notification_service.repositories.tables import MAILS

TRACEPARENT = "traceparent"


class PostgresMailQueue:
    """Works in the transaction of its connection. A port's `MailQueue`."""

    def __init__(self, connection: AsyncConnection, message_id_domain: str) -> None:
        self._connection = connection
        self._domain = message_id_domain

    async def add(self, mail: NewMail) -> bool:
        trace: dict[str, str] = {}
        propagate.inject(trace)
        row = insert(MAILS).values(
            id=uuid4(),
            kind=mail.outcome.kind,
            about=mail.outcome.about,
            attempt=mail.outcome.attempt,
            user_id=mail.user_id,
            language=mail.language,
            facts=dict(mail.facts),
            subject=mail.subject,
            message_id=mail.outcome.message_id(self._domain),
            traceparent=trace.get(TRACEPARENT),
            status=MailStatus.QUEUED,
            tries=0,
            due_at=sa.func.now(),
            created_at=sa.func.now(),
        )
        same_outcome = [MAILS.c.kind, MAILS.c.about, MAILS.c.attempt]
        added = await self._connection.execute(row.on_conflict_do_nothing(index_elements=same_outcome))
        return added.rowcount == 1

    async def drop_of(self, user_id: UUID) -> None:
        await self._connection.execute(sa.delete(MAILS).where(MAILS.c.user_id == user_id))
