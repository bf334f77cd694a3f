"""Sends what is due to users' programs: one message at a time to each endpoint, many endpoints at once.

An endpoint is taken under a lease, so that a sender that dies loses nothing: its message is sent again, under the same
id. A receiver that is slow takes one place and no more, and is left alone for a while after each try that fails.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from fiapx_common.errors import Unavailable

from notification_service.entities.deliveries import DueDelivery, ReceiverAnswer, Verdict, rest_s, wait_s
from notification_service.entities.errors import ReceiverSilent
from notification_service.services.waking import Waking
from notification_service.services.webhook_ports import DeliveryMeter, DueDeliveries, Receivers, Signing

log = structlog.get_logger(__name__)
_DATABASE_PAUSE_S: Final = 2.0
_NOTING_PAUSE_S: Final = 0.2
"""Whoever has sent a message writes it down before anybody takes it again."""


@dataclass(frozen=True)
class DeliveringRules:
    """The figures of delivering."""

    concurrency: int
    """Endpoints at once."""
    lease_s: float
    """Longer than any one request may take."""
    poll_s: float
    """Between looks at the queue when nobody wakes us."""
    schedule_s: Sequence[float]
    """Waits between tries; after the last one a message is given up."""
    drain_s: float
    """For requests under way when the service stops."""


class Delivering:
    """One loop per process; several processes share the queue."""

    def __init__(
        self,
        deliveries: DueDeliveries,
        receivers: Receivers,
        signing: Signing,
        meter: DeliveryMeter,
        rules: DeliveringRules,
    ) -> None:
        self._deliveries = deliveries
        self._receivers = receivers
        self._signing = signing
        self._meter = meter
        self._rules = rules
        self._waking = Waking(rules.drain_s)
        self._free = rules.concurrency

    def wake(self) -> None:
        """There may be a message to send."""
        self._waking.wake()

    async def stop(self) -> None:
        """Takes nothing more; requests under way get their time."""
        await self._waking.stop()

    async def run(self) -> None:
        """Until `stop`. A database that is away is waited for."""
        with self._waking.working():
            async with asyncio.TaskGroup() as under_way:
                while not self._waking.stopping:
                    await self._waking.rest(await self._begin_some(under_way))

    async def _begin_some(self, under_way: asyncio.TaskGroup) -> float:
        """Begins as many as there is room for; returns how long to rest, unless a place becomes free before."""
        self._waking.look()
        if not self._free:
            return self._rules.poll_s
        try:
            taken = await self._deliveries.take(self._free, self._rules.lease_s)
            if not taken:
                self._meter.pending(await self._deliveries.count_pending())
        except Unavailable as error:
            log.warning("deliveries.waiting", reason=error.detail)
            return _DATABASE_PAUSE_S
        self._free -= len(taken)
        for delivery in taken:
            under_way.create_task(self._deliver(delivery)).add_done_callback(self._make_room)
        return self._rules.poll_s

    def _make_room(self, _ended: asyncio.Task[None]) -> None:
        self._free += 1
        self._waking.wake()

    async def _deliver(self, delivery: DueDelivery) -> None:
        try:
            answer = await self._receivers.tell(delivery, self._signing.headers(delivery))
        except ReceiverSilent as error:
            await self._put_off(delivery, None, error.detail)
            return
        match answer.verdict:
            case Verdict.TAKEN:
                await _noted(delivery, lambda: self._deliveries.delivered(delivery, answer))
                self._meter.count(delivery.type, "delivered")
                self._meter.delivered(delivery.age_s)
                log.info("webhook.delivered", **_about(delivery), status=str(answer.status))
            case Verdict.GONE:
                await self._disable(delivery, answer)
            case Verdict.LATER:
                await self._put_off(delivery, answer, _refusal(answer))

    async def _put_off(self, delivery: DueDelivery, answer: ReceiverAnswer | None, reason: str) -> None:
        asked_s = None if answer is None else answer.retry_after_s
        chance = random.random()  # noqa: S311 — spreads load, no secret
        waits_s = wait_s(delivery.retry, asked_s, chance, self._rules.schedule_s)
        rests_s = rest_s(waits_s)
        if waits_s is None:
            await _noted(delivery, lambda: self._deliveries.fail(delivery, answer, reason, rests_s))
            self._meter.count(delivery.type, "failed")
            log.warning("webhook.given_up", **_about(delivery), reason=reason)
            return
        await _noted(
            delivery,
            lambda: self._deliveries.postpone(delivery, answer, reason, wait_s=waits_s, rest_s=rests_s),
        )
        self._meter.count(delivery.type, "deferred")
        log.info("webhook.deferred", **_about(delivery), wait_s=round(waits_s, 1), reason=reason)

    async def _disable(self, delivery: DueDelivery, answer: ReceiverAnswer) -> None:
        reason = "The receiver answered 410 Gone: nothing is sent to this webhook any more."
        await _noted(delivery, lambda: self._deliveries.disable(delivery, answer, reason))
        self._meter.count(delivery.type, "failed")
        log.info("webhook.disabled", **_about(delivery), reason=reason)


def _refusal(answer: ReceiverAnswer) -> str:
    if 300 <= answer.status < 400:  # noqa: PLR2004 (redirects, RFC 9110, 15.4)
        return f"The receiver answered {answer.status}; redirects are not followed."
    return f"The receiver answered {answer.status}."


def _about(delivery: DueDelivery) -> dict[str, str | int]:
    """For logs; without the address, in which there may be secrets."""
    return {"webhook_id": str(delivery.webhook_id), "delivery_id": str(delivery.id), "tries": delivery.tries}


async def _noted(delivery: DueDelivery, note: Callable[[], Awaitable[None]]) -> None:
    """Insists: a message that is out but not written down goes out again when its lease ends."""
    while True:
        try:
            await note()
        except Unavailable as error:
            log.warning("webhook.not_noted", **_about(delivery), reason=error.detail)
            await asyncio.sleep(_NOTING_PAUSE_S)
        else:
            return
