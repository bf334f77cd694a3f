"""Recipients in PostgreSQL: one row per user for ever, without address and name once erased."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notification_service.entities.errors import RecipientUnknown
from notification_service.entities.recipients import Recipient
from notification_service.repositories.tables import RECIPIENTS


class PostgresRecipientBook:
    """Works in the transaction of its connection. A port's `RecipientBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, recipient: Recipient, told_at: datetime) -> None:
        kept = insert(RECIPIENTS).values(_row(recipient, told_at))
        await self._connection.execute(kept.on_conflict_do_nothing())

    async def change(self, recipient: Recipient, told_at: datetime) -> None:
        kept = insert(RECIPIENTS).values(row := _row(recipient, told_at))
        newest = kept.on_conflict_do_update(
            index_elements=[RECIPIENTS.c.user_id],
            set_=row,
            where=RECIPIENTS.c.erased_at.is_(None) & (RECIPIENTS.c.told_at <= told_at),
        )
        await self._connection.execute(newest)

    async def erase(self, user_id: UUID) -> None:
        nothing = {"email": None, "name": None, "locale": None, "told_at": None, "erased_at": sa.func.now()}
        gone = insert(RECIPIENTS).values(user_id=user_id, erased_at=sa.func.now())
        await self._connection.execute(gone.on_conflict_do_update(index_elements=[RECIPIENTS.c.user_id], set_=nothing))

    async def find(self, user_id: UUID) -> Recipient | None:
        """A shared lock on the row: an erasure waits until the caller's mail is there to be dropped."""
        wanted = sa.select(RECIPIENTS).where(RECIPIENTS.c.user_id == user_id).with_for_update(read=True)
        row = (await self._connection.execute(wanted)).one_or_none()
        if row is None:
            raise RecipientUnknown(user_id)
        return None if row.erased_at else Recipient(row.user_id, row.email, row.name, row.locale)

    async def is_erased(self, user_id: UUID) -> bool:
        erased = sa.select(RECIPIENTS.c.erased_at.is_not(None)).where(RECIPIENTS.c.user_id == user_id)
        return bool(await self._connection.scalar(erased))


def _row(recipient: Recipient, told_at: datetime) -> dict[str, object]:
    return {
        "user_id": recipient.user_id,
        "email": recipient.email,
        "name": recipient.name,
        "locale": recipient.locale,
        "told_at": told_at,
    }
