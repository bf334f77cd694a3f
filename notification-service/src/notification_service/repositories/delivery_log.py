"""Deliveries in PostgreSQL, as those who queue them and look back on them see them."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Page, Place
from fiapx_common.postgres import newest_first
from opentelemetry import propagate
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from notification_service.entities.deliveries import DeliveryRecord, DeliveryStatus, PublicEvent, ReceiverAnswer
from notification_service.entities.errors import DeliveryNotFound
from notification_service.repositories.mail_queue import TRACEPARENT
from notification_service.repositories.tables import DELIVERIES, WEBHOOKS

_C: Final = DELIVERIES.c
_ONE_PER_EVENT: Final = [_C.webhook_id, _C.type, _C.video_id, _C.attempt]


class PostgresDeliveryLog:
    """Works in the transaction of its connection. A port's `DeliveryLog`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, user_id: UUID, event: PublicEvent) -> int:
        trace: dict[str, str] = {}
        propagate.inject(trace)
        values: dict[sa.Column[Any], Any] = {
            _C.id: sa.func.gen_random_uuid(),
            _C.webhook_id: WEBHOOKS.c.id,
            _C.type: sa.literal(event.type),
            _C.video_id: sa.literal(event.video_id),
            _C.attempt: sa.literal(event.attempt),
            _C.body: sa.literal(event.body),
            _C.traceparent: sa.literal(trace.get(TRACEPARENT), sa.Text),
            _C.status: sa.literal(DeliveryStatus.PENDING.value),
            _C.tries: sa.literal(0),
            _C.tries_before: sa.literal(0),
            _C.created_at: sa.func.now(),
            _C.due_at: sa.func.now(),
        }
        wanting = (
            sa.select(*values.values())
            .where(
                WEBHOOKS.c.user_id == user_id,
                WEBHOOKS.c.disabled_at.is_(None),
                sa.literal(event.type) == sa.any_(WEBHOOKS.c.events),
            )
            # a webhook that is just being deleted or disabled is waited for
            .with_for_update(read=True)
        )
        rows = insert(DELIVERIES).from_select(list(values), wanting)
        return (await self._connection.execute(rows.on_conflict_do_nothing(index_elements=_ONE_PER_EVENT))).rowcount

    async def newest_of(self, webhook_id: UUID, after: Place | None, most: int) -> Page[DeliveryRecord]:
        own = sa.select(DELIVERIES).where(_C.webhook_id == webhook_id)
        rows = (await self._connection.execute(newest_first(own, DELIVERIES, after).limit(most + 1))).all()
        return Page.of([_record(row) for row in rows], most)

    async def again(self, webhook_id: UUID, delivery_id: UUID) -> DeliveryRecord:
        pending = (
            DELIVERIES.update()
            .where(_C.id == delivery_id, _C.webhook_id == webhook_id)
            .values(status=DeliveryStatus.PENDING, tries_before=_C.tries, due_at=sa.func.now(), ended_at=None)
            .returning(DELIVERIES)
        )
        row = (await self._connection.execute(pending)).one_or_none()
        if row is None:
            raise DeliveryNotFound
        return _record(row)


def _record(row: sa.Row[Any]) -> DeliveryRecord:
    answered = row.answer_status is not None
    return DeliveryRecord(
        id=row.id,
        webhook_id=row.webhook_id,
        event=PublicEvent(row.type, row.video_id, row.attempt, row.body),
        status=DeliveryStatus(row.status),
        tries=row.tries,
        created_at=row.created_at,
        due_at=row.due_at,
        tried_at=row.tried_at,
        ended_at=row.ended_at,
        answer=ReceiverAnswer(row.answer_status, row.answer_text, row.answer_s) if answered else None,
        failure=row.failure,
    )
