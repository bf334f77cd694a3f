"""Use cases of users: endpoints for their programs, and what became of each message to them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

import structlog
from fiapx_common.idempotency_keys import IdempotencyKeyReused, lawful_key
from fiapx_common.outbound import TargetRules
from fiapx_common.paging import Page, Place

from notification_service.entities.deliveries import DeliveryRecord
from notification_service.entities.errors import AccountErased, TooManyWebhooks, WebhookDisabled
from notification_service.entities.webhooks import RequestKey, Webhook, WebhookWish, new_secret
from notification_service.services.page_sizes import page_size
from notification_service.services.ports import UnitOfWork, UnitsOfWork

log = structlog.get_logger(__name__)
_KEYS_KEPT_S: Final = 86_400.0
_MOST_DELIVERIES: Final = 50
"""On one page: each may carry 40 kB, and an answer over gRPC 4 MB."""


@dataclass(frozen=True)
class WebhookRules:
    """What users may have."""

    targets: TargetRules
    most: int
    """Endpoints of one user."""


class Webhooks:
    """A user's endpoints. Somebody else's are not there: each method raises WebhookNotFound."""

    def __init__(self, units: UnitsOfWork, rules: WebhookRules) -> None:
        self._units = units
        self._rules = rules

    async def make(self, user_id: UUID, url: str, events: Sequence[str], description: str, key_text: str) -> Webhook:
        """A new endpoint; the same request under the same key gives the same one, with the same secret.

        Raises:
            Invalid: there can be no such endpoint, or no such key.
            TooManyWebhooks, IdempotencyKeyReused, AccountErased
        """
        wish = WebhookWish.read(url, events, description, self._rules.targets)
        key = _request_key(key_text, wish)
        async with self._units.begin() as unit:
            await unit.webhooks.hold(user_id)
            made = await _made_before(unit, user_id, key)
            if made is not None:
                return made
            if await unit.recipients.is_erased(user_id):
                raise AccountErased
            if await unit.webhooks.count(user_id) >= self._rules.most:
                raise TooManyWebhooks(self._rules.most)
            webhook = Webhook(
                uuid4(), user_id, wish.url, wish.events, wish.description, new_secret(), datetime.now(UTC)
            )
            await unit.webhooks.add(webhook, key)
            await unit.commit()
        log.info("webhook.made", user_id=str(user_id), webhook_id=str(webhook.id))
        return webhook

    async def page(self, user_id: UUID, cursor: str, limit: int) -> Page[Webhook]:
        """At most 200, newest first; `limit` 0 means 50. Raises Invalid for a strange cursor."""
        after = Place.read(cursor) if cursor else None
        async with self._units.begin() as unit:
            return await unit.webhooks.newest_of(user_id, after, page_size(limit))

    async def get(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """One of them."""
        async with self._units.begin() as unit:
            return await unit.webhooks.find(user_id, webhook_id)

    async def remove(self, user_id: UUID, webhook_id: UUID) -> None:
        """For good, with all that waits for it and with its log."""
        async with self._units.begin() as unit:
            await unit.webhooks.remove(user_id, webhook_id)
            await unit.commit()
        log.info("webhook.removed", user_id=str(user_id), webhook_id=str(webhook_id))

    async def deliveries(self, user_id: UUID, webhook_id: UUID, cursor: str, limit: int) -> Page[DeliveryRecord]:
        """What became of each message, newest first; at most 50. Raises Invalid for a strange cursor."""
        after = Place.read(cursor) if cursor else None
        async with self._units.begin() as unit:
            await unit.webhooks.find(user_id, webhook_id)
            return await unit.deliveries.newest_of(webhook_id, after, min(page_size(limit), _MOST_DELIVERIES))

    async def redeliver(self, user_id: UUID, webhook_id: UUID, delivery_id: UUID) -> DeliveryRecord:
        """Sends a message again now, under the same id; one that waits is tried now.

        Raises:
            WebhookDisabled, DeliveryNotFound
        """
        async with self._units.begin() as unit:
            webhook = await unit.webhooks.awaken(user_id, webhook_id)
            if webhook.disabled_at is not None:
                raise WebhookDisabled
            delivery = await unit.deliveries.again(webhook_id, delivery_id)
            await unit.commit()
        return delivery


def _request_key(text: str, wish: WebhookWish) -> RequestKey | None:
    lawful = lawful_key(text)
    if lawful is None:
        return None
    asked = json.dumps([wish.url, wish.events, wish.description])
    return RequestKey(lawful, hashlib.sha256(asked.encode()).hexdigest())


async def _made_before(unit: UnitOfWork, user_id: UUID, key: RequestKey | None) -> Webhook | None:
    before = None if key is None else await unit.webhooks.made_by(user_id, key.text, _KEYS_KEPT_S)
    if before is None or key is None:
        return None
    webhook, fingerprint = before
    if fingerprint != key.fingerprint:
        raise IdempotencyKeyReused
    return webhook
