"""A user's webhooks."""

from uuid import UUID

from api_gateway.entities.callers import Caller
from api_gateway.entities.exports import Page
from api_gateway.entities.webhooks import Delivery, NewWebhook, WantedWebhook, Webhook
from api_gateway.services.webhook_ports import WebhookRegistry


class WebhookDesk:
    """What somebody may do with their webhooks."""

    def __init__(self, registry: WebhookRegistry) -> None:
        self._registry = registry

    async def make(self, caller: Caller, wanted: WantedWebhook, idempotency_key: str) -> NewWebhook:
        """A new one, with its secret."""
        return await self._registry.make(caller.user_id, wanted, idempotency_key)

    async def page(self, caller: Caller, cursor: str, limit: int) -> Page[Webhook]:
        """The newest first."""
        return await self._registry.page(caller.user_id, cursor, limit)

    async def get(self, caller: Caller, webhook_id: UUID) -> Webhook:
        """One."""
        return await self._registry.get(caller.user_id, webhook_id)

    async def remove(self, caller: Caller, webhook_id: UUID) -> None:
        """For good, at once."""
        await self._registry.remove(caller.user_id, webhook_id)

    async def deliveries(self, caller: Caller, webhook_id: UUID, cursor: str, limit: int) -> Page[Delivery]:
        """What became of each message, the newest first."""
        return await self._registry.deliveries(caller.user_id, webhook_id, cursor, limit)

    async def redeliver(self, caller: Caller, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        """Has it sent again, under the same id."""
        return await self._registry.redeliver(caller.user_id, webhook_id, delivery_id)
