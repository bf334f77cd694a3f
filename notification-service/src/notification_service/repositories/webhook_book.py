"""Webhooks in PostgreSQL."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Page, Place
from fiapx_common.postgres import newest_first
from sqlalchemy.ext.asyncio import AsyncConnection

from notification_service.entities.errors import WebhookNotFound
from notification_service.entities.webhooks import RequestKey, Webhook
from notification_service.repositories.tables import WEBHOOKS

_C: Final = WEBHOOKS.c
_OF_USERS: Final = 1
"""Class of advisory locks."""


class PostgresWebhookBook:
    """Works in the transaction of its connection. A port's `WebhookBook`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def hold(self, user_id: UUID) -> None:
        number = sa.func.hashtext(str(user_id))
        await self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_OF_USERS, number)))

    async def count(self, user_id: UUID) -> int:
        counting = sa.select(sa.func.count()).select_from(WEBHOOKS).where(_C.user_id == user_id)
        return await self._connection.scalar(counting) or 0

    async def add(self, webhook: Webhook, key: RequestKey | None) -> None:
        await self._connection.execute(
            WEBHOOKS.insert().values(
                id=webhook.id,
                user_id=webhook.user_id,
                url=webhook.url,
                events=list(webhook.events),
                description=webhook.description,
                secret=webhook.secret,
                created_at=webhook.created_at,
                leased_until=sa.func.now(),
                rests_until=sa.func.now(),
                idempotency_key=key.text if key else None,
                fingerprint=key.fingerprint if key else None,
            )
        )

    async def made_by(self, user_id: UUID, key: str, keep_s: float) -> tuple[Webhook, str] | None:
        same = (_C.user_id == user_id) & (_C.idempotency_key == key)
        old = _C.created_at < sa.func.now() - timedelta(seconds=keep_s)
        await self._connection.execute(WEBHOOKS.update().where(same, old).values(idempotency_key=None))
        row = (await self._connection.execute(sa.select(WEBHOOKS).where(same))).one_or_none()
        return None if row is None else (_webhook(row), row.fingerprint)

    async def newest_of(self, user_id: UUID, after: Place | None, most: int) -> Page[Webhook]:
        own = sa.select(WEBHOOKS).where(_C.user_id == user_id)
        rows = (await self._connection.execute(newest_first(own, WEBHOOKS, after).limit(most + 1))).all()
        return Page.of([_webhook(row) for row in rows], most)

    async def find(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        own = sa.select(WEBHOOKS).where(_own(user_id, webhook_id))
        return _found((await self._connection.execute(own)).one_or_none())

    async def awaken(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        awake = WEBHOOKS.update().where(_own(user_id, webhook_id)).values(rests_until=sa.func.now())
        return _found((await self._connection.execute(awake.returning(WEBHOOKS))).one_or_none())

    async def remove(self, user_id: UUID, webhook_id: UUID) -> None:
        removed = await self._connection.execute(WEBHOOKS.delete().where(_own(user_id, webhook_id)))
        if removed.rowcount == 0:
            raise WebhookNotFound

    async def drop_of(self, user_id: UUID) -> None:
        """Whoever is just making one is waited for; whoever comes after finds the user erased."""
        await self.hold(user_id)
        await self._connection.execute(WEBHOOKS.delete().where(_C.user_id == user_id))


def _own(user_id: UUID, webhook_id: UUID) -> sa.ColumnElement[bool]:
    return (_C.id == webhook_id) & (_C.user_id == user_id)


def _found(row: sa.Row[Any] | None) -> Webhook:
    if row is None:
        raise WebhookNotFound
    return _webhook(row)


def _webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        user_id=row.user_id,
        url=row.url,
        events=tuple(row.events),
        description=row.description,
        secret=row.secret,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
