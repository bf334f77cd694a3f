"""What was handled before, remembered in the transaction of its effect."""

from datetime import timedelta
from types import ModuleType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fiapx_common.postgres.transactions import transaction

_NAME: Final = "inbox"
_SEEN_INDEX: Final = "inbox_seen_at"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("consumer", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    ]


def inbox_table(metadata: sa.MetaData) -> sa.Table:
    """One row for each message and consumer."""
    table = sa.Table(_NAME, metadata, *_columns())
    sa.Index(_SEEN_INDEX, table.c.seen_at)
    return table


INBOX: Final = inbox_table(sa.MetaData())


class Inbox:
    """Drops what came before. Works only in the same transaction as the effect."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def first_time(self, message_id: str, consumer: str) -> bool:
        """False: the effect is committed already. Waits for another transaction that is just doing it."""
        remembered = await self._connection.execute(
            insert(INBOX).values(message_id=message_id, consumer=consumer).on_conflict_do_nothing()
        )
        return remembered.rowcount == 1


async def forget_seen(engine: AsyncEngine, older_than: timedelta) -> int:
    """For a sweeper. `older_than` must be longer than any message can lie in a queue or outbox; rows forgotten."""
    async with transaction(engine) as connection:
        forgotten = await connection.execute(INBOX.delete().where(INBOX.c.seen_at < sa.func.now() - older_than))
        await connection.commit()
    return forgotten.rowcount


def create_inbox(op: ModuleType) -> None:
    """For a migration: the table as it is now. A change of it will be a function of its own."""
    op.create_table(_NAME, *_columns())
    op.create_index(_SEEN_INDEX, _NAME, ["seen_at"])


def drop_inbox(op: ModuleType) -> None:
    op.drop_table(_NAME)
