"""Mails in PostgreSQL, as their sender sees them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from fiapx_common.postgres import transaction
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from notification_service.entities.languages import Language
from notification_service.entities.mails import SECRET_FACTS, DueMail, MailKind, MailStatus, Outcome
from notification_service.entities.recipients import Recipient
from notification_service.repositories.tables import MAILS, RECIPIENTS

_TEXTS = postgresql.ARRAY(sa.Text)


class PostgresDueMails:
    """Each call is one short transaction: none is open while a mail is sent. A port's `DueMails`.

    A lease is `due_at` in the future; `tries` is its fencing token.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take(self, most: int, lease_s: float) -> Sequence[DueMail]:
        due = (
            sa.select(MAILS.c.id)
            .where(MAILS.c.status == MailStatus.QUEUED, MAILS.c.due_at <= sa.func.now())
            .order_by(MAILS.c.due_at)
            .limit(most)
            .with_for_update(skip_locked=True)
            .cte("due")  # as a plain subquery it might run more than once and take more than `most`
        )
        taken = (
            sa.update(MAILS)
            .where(MAILS.c.id == due.c.id, RECIPIENTS.c.user_id == MAILS.c.user_id)
            .values(tries=MAILS.c.tries + 1, due_at=_in(lease_s))
            .returning(MAILS, RECIPIENTS.c.email, RECIPIENTS.c.name, RECIPIENTS.c.locale, _AGE_S)
        )
        async with transaction(self._engine) as connection:
            rows = (await connection.execute(taken)).all()
            await connection.commit()
        return [_due_mail(row) for row in rows]

    async def sent(self, mail: DueMail) -> None:
        await self._settle(mail, status=MailStatus.SENT, sent_at=sa.func.now(), failure=None, facts=_LASTING_FACTS)

    async def postpone(self, mail: DueMail, wait_s: float, reason: str) -> None:
        await self._settle(mail, due_at=_in(wait_s), failure=reason)

    async def fail(self, mail: DueMail, reason: str) -> None:
        await self._settle(mail, status=MailStatus.FAILED, failure=reason, facts=_LASTING_FACTS)

    async def count_queued(self) -> int:
        queued = sa.select(sa.func.count()).select_from(MAILS).where(MAILS.c.status == MailStatus.QUEUED)
        async with transaction(self._engine) as connection:
            return (await connection.execute(queued)).scalar_one()

    async def _settle(self, mail: DueMail, **values: object) -> None:
        still_mine = (MAILS.c.id == mail.id) & (MAILS.c.tries == mail.tries) & (MAILS.c.status == MailStatus.QUEUED)
        async with transaction(self._engine) as connection:
            await connection.execute(sa.update(MAILS).where(still_mine).values(**values))
            await connection.commit()


_LASTING_FACTS = MAILS.c.facts.op("-")(sa.cast(sa.literal(list(SECRET_FACTS), _TEXTS), _TEXTS))
_AGE_S = sa.extract("epoch", sa.func.now() - MAILS.c.created_at).label("age_s")


def _in(seconds: float) -> sa.ColumnElement[Any]:
    return sa.func.clock_timestamp() + timedelta(seconds=seconds)


def _due_mail(row: sa.Row[Any]) -> DueMail:
    return DueMail(
        id=row.id,
        outcome=Outcome(MailKind(row.kind), row.about, row.attempt),
        recipient=Recipient(row.user_id, row.email, row.name, row.locale),
        language=Language(row.language),
        facts=row.facts,
        subject=row.subject,
        message_id=row.message_id,
        traceparent=row.traceparent,
        tries=row.tries,
        created_at=row.created_at,
        age_s=float(row.age_s),
    )
