"""Deliveries in PostgreSQL, as their sender sees them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from fiapx_common.postgres import transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from notification_service.entities.deliveries import DeliveryStatus, DueDelivery, ReceiverAnswer
from notification_service.repositories.tables import DELIVERIES, WEBHOOKS

_C: Final = DELIVERIES.c
_PENDING: Final = _C.status == DeliveryStatus.PENDING
_DUE: Final = _PENDING & (_C.due_at <= sa.func.now())
_AGE_S: Final = sa.extract("epoch", sa.func.now() - _C.created_at).label("age_s")


class PostgresDueDeliveries:
    """Each call is one short transaction: none is open while a receiver is asked. A port's `DueDeliveries`, `OldRows`.

    What is leased is the endpoint; a delivery's `tries` is the fencing token.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def take(self, most: int, lease_s: float) -> Sequence[DueDelivery]:
        has_due = sa.select(_C.id).where(_DUE, _C.webhook_id == WEBHOOKS.c.id).correlate(WEBHOOKS).exists()
        free = (
            sa.select(WEBHOOKS.c.id)
            .where(
                WEBHOOKS.c.leased_until <= sa.func.now(),
                WEBHOOKS.c.rests_until <= sa.func.now(),
                WEBHOOKS.c.disabled_at.is_(None),
                has_due,
            )
            .order_by(WEBHOOKS.c.leased_until)
            .limit(most)
            .with_for_update(skip_locked=True, key_share=True)
            .cte("free")  # as a plain subquery it might run more than once and take more than `most`
        )
        leased = (
            sa.update(WEBHOOKS)
            .where(WEBHOOKS.c.id == free.c.id)
            .values(leased_until=_in(lease_s))
            .returning(WEBHOOKS.c.id, WEBHOOKS.c.url, WEBHOOKS.c.secret)
        )
        async with transaction(self._engine) as connection:
            webhooks = {row.id: row for row in await connection.execute(leased)}
            rows = await _longest_due(connection, list(webhooks)) if webhooks else []
            await connection.commit()
        return [_due_delivery(row, webhooks[row.webhook_id]) for row in rows]

    async def delivered(self, delivery: DueDelivery, answer: ReceiverAnswer) -> None:
        ended = {"status": DeliveryStatus.DELIVERED, "ended_at": sa.func.now()}
        await self._settle(delivery, answer, None, {}, **ended)

    async def postpone(
        self, delivery: DueDelivery, answer: ReceiverAnswer | None, failure: str, *, wait_s: float, rest_s: float
    ) -> None:
        await self._settle(delivery, answer, failure, {"rests_until": _in(rest_s)}, due_at=_in(wait_s))

    async def fail(self, delivery: DueDelivery, answer: ReceiverAnswer | None, failure: str, rest_s: float) -> None:
        ended = {"status": DeliveryStatus.FAILED, "ended_at": sa.func.now()}
        await self._settle(delivery, answer, failure, {"rests_until": _in(rest_s)}, **ended)

    async def disable(self, delivery: DueDelivery, answer: ReceiverAnswer, failure: str) -> None:
        ended = {"status": DeliveryStatus.FAILED, "ended_at": sa.func.now()}
        others = DELIVERIES.update().where(_C.webhook_id == delivery.webhook_id, _C.id != delivery.id, _PENDING)
        webhook = {"disabled_at": sa.func.now()}
        await self._settle(delivery, answer, failure, webhook, others.values(**ended, failure=failure), **ended)

    async def count_pending(self) -> int:
        pending = sa.select(sa.func.count()).select_from(DELIVERIES).where(_PENDING)
        async with transaction(self._engine) as connection:
            return (await connection.execute(pending)).scalar_one()

    async def forget(self, older_than_s: float) -> int:
        old = _C.created_at < sa.func.now() - timedelta(seconds=older_than_s)
        async with transaction(self._engine) as connection:
            gone = await connection.execute(DELIVERIES.delete().where(~_PENDING, old))
            await connection.commit()
        return gone.rowcount

    async def _settle(
        self,
        delivery: DueDelivery,
        answer: ReceiverAnswer | None,
        failure: str | None,
        webhook: Mapping[str, object],
        *also: sa.Update,
        **values: object,
    ) -> None:
        """The endpoint's row is locked first, as by all others: who deletes it goes on to its deliveries."""
        still_mine = (_C.id == delivery.id) & (_C.tries == delivery.tries) & _PENDING
        mine = sa.select(_C.id).where(still_mine).exists()
        values |= {
            "failure": failure,
            "answer_status": answer.status if answer else None,
            "answer_text": answer.text if answer else None,
            "answer_s": answer.duration_s if answer else None,
        }
        async with transaction(self._engine) as connection:
            given_back = WEBHOOKS.update().where(WEBHOOKS.c.id == delivery.webhook_id, mine)
            if (await connection.execute(given_back.values(**webhook, leased_until=sa.func.now()))).rowcount == 0:
                return
            # a second look: while the endpoint was waited for, another may have taken what was mine
            if (await connection.execute(DELIVERIES.update().where(still_mine).values(**values))).rowcount == 0:
                return
            for statement in also:
                await connection.execute(statement)
            await connection.commit()


async def _longest_due(connection: AsyncConnection, webhook_ids: list[object]) -> Sequence[sa.Row[Any]]:
    """One of each endpoint."""
    longest = (
        sa.select(_C.id)
        .where(_DUE, _C.webhook_id.in_(webhook_ids))
        .distinct(_C.webhook_id)
        .order_by(_C.webhook_id, _C.due_at)
        .subquery()
    )
    taken = (
        DELIVERIES.update()
        .where(_C.id == longest.c.id)
        .values(tries=_C.tries + 1, tried_at=sa.func.now())
        .returning(DELIVERIES, _AGE_S)
    )
    return (await connection.execute(taken)).all()


def _in(seconds: float) -> sa.ColumnElement[Any]:
    return sa.func.clock_timestamp() + timedelta(seconds=seconds)


def _due_delivery(row: sa.Row[Any], webhook: sa.Row[Any]) -> DueDelivery:
    return DueDelivery(
        id=row.id,
        webhook_id=row.webhook_id,
        url=webhook.url,
        secret=webhook.secret,
        type=row.type,
        body=row.body,
        traceparent=row.traceparent,
        tries=row.tries,
        retry=row.tries - row.tries_before,
        age_s=float(row.age_s),
    )
