"""Messages written in the transaction of the rows that they tell about."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from opentelemetry import propagate
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from fiapx_common.messaging.envelope import Envelope, Publishable

_NAME: Final = "outbox"


def _columns() -> list[sa.Column[Any]]:
    return [
        # the order of sending; among messages of one subject it is the order of commits, as long as their
        # transactions lock a row of that subject
        sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("queue", sa.Text),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("headers", postgresql.JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def outbox_table(metadata: sa.MetaData) -> sa.Table:
    """Rows wait here only until they are published, then they are deleted."""
    return sa.Table(_NAME, metadata, *_columns())


OUTBOX: Final = outbox_table(sa.MetaData())


class Outbox:
    """Adds messages to the transaction of `connection`; `OutboxRelay` sends them after its commit."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, event: Publishable, headers: Mapping[str, str] | None = None) -> UUID:
        """An event for whoever is bound to its type. The id is what inboxes remember."""
        return await self._insert(Envelope.around(event, headers=headers))

    async def add_task(self, queue: str, task: Publishable, headers: Mapping[str, str] | None = None) -> UUID:
        """Work for one queue."""
        return await self._insert(Envelope.around(task, queue=queue, headers=headers))

    async def _insert(self, envelope: Envelope) -> UUID:
        headers = dict(envelope.headers)
        propagate.inject(headers)
        await self._connection.execute(
            OUTBOX.insert().values(
                id=envelope.id,
                queue=envelope.queue,
                type=envelope.type,
                subject=envelope.subject,
                body=envelope.body.decode(),
                headers=headers,
                created_at=envelope.time,
            )
        )
        return envelope.id


def envelope_of(row: sa.Row[tuple[object, ...]]) -> Envelope:
    return Envelope(
        type=row.type,
        subject=row.subject,
        body=row.body.encode(),
        id=row.id,
        time=row.created_at,
        headers=row.headers,
        queue=row.queue,
    )


def create_outbox(op: ModuleType) -> None:
    """For a migration: the table as it is now. A change of it will be a function of its own."""
    op.create_table(_NAME, *_columns())


def drop_outbox(op: ModuleType) -> None:
    op.drop_table(_NAME)
