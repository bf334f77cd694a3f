"""What operators did: who, when, to what. Rows are written before the deed, and marked when it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fiapx_common.postgres.transactions import transaction

_NAME: Final = "operator_actions"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
    ]


def operator_actions_table(metadata: sa.MetaData) -> sa.Table:
    """One row for each deed; none is ever changed, except that `done_at` is set once."""
    return sa.Table(_NAME, metadata, *_columns())


ACTIONS: Final = operator_actions_table(sa.MetaData())


@dataclass(frozen=True)
class Deed:
    """What is done to one thing. `details` are told to operators for ever: no personal data."""

    action: str
    """`dead-letter.redrive`"""
    subject: str
    """The id of what it is done to."""
    details: Mapping[str, object]


@dataclass(frozen=True)
class RecordedDeed:
    """A row."""

    at: datetime
    operator: str
    deed: Deed
    done_at: datetime | None
    """None: it was begun, and whoever did it ended before he knew."""


class AuditTrail:
    """Deeds that are one with their record: both are in the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def record(self, operator: str, action: str, subject: str, details: Mapping[str, object]) -> None:
        """Done, if the transaction is committed."""
        recorded = await _record(self._connection, operator, Deed(action, subject, details))
        await _mark(self._connection, recorded)


async def begin_deed(engine: AsyncEngine, operator: str, deed: Deed) -> int:
    """Committed when it returns, so that nothing is done that nobody can be asked about. Its row's id."""
    async with transaction(engine) as connection:
        recorded = await _record(connection, operator, deed)
        await connection.commit()
    return recorded


async def end_deed(engine: AsyncEngine, recorded: int) -> None:
    """It is done."""
    async with transaction(engine) as connection:
        await _mark(connection, recorded)
        await connection.commit()


async def latest_deeds(engine: AsyncEngine, at_most: int) -> Sequence[RecordedDeed]:
    """The newest first."""
    async with transaction(engine) as connection:
        rows = await connection.execute(sa.select(ACTIONS).order_by(ACTIONS.c.id.desc()).limit(at_most))
        return [
            RecordedDeed(row.at, row.operator, Deed(row.action, row.subject, row.details), row.done_at) for row in rows
        ]


async def _record(connection: AsyncConnection, operator: str, deed: Deed) -> int:
    row = {"operator": operator, "action": deed.action, "subject": deed.subject, "details": dict(deed.details)}
    inserted = await connection.execute(ACTIONS.insert().values(row).returning(ACTIONS.c.id))
    return int(inserted.scalar_one())


async def _mark(connection: AsyncConnection, recorded: int) -> None:
    row = ACTIONS.update().where(ACTIONS.c.id == recorded, ACTIONS.c.done_at.is_(None))
    await connection.execute(row.values(done_at=sa.func.now()))


def create_operator_actions(op: ModuleType) -> None:
    """For a migration: the table as it is now. A change of it will be a function of its own."""
    op.create_table(_NAME, *_columns())


def drop_operator_actions(op: ModuleType) -> None:
    op.drop_table(_NAME)
