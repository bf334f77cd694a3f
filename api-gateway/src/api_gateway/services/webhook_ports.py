"""What webhooks need of the outside."""

from typing import Protocol
from uuid import UUID

from api_gateway.entities.exports import Page
from api_gateway.entities.webhooks import Delivery, NewWebhook, WantedWebhook, Webhook


class WebhookRegistry(Protocol):
    """notification-service. One RPC per call; somebody else's webhook raises `NotFound`."""

    async def make(self, user_id: UUID, wanted: WantedWebhook, idempotency_key: str) -> NewWebhook:
        """A new one; an empty key is none."""

    async def page(self, user_id: UUID, cursor: str, limit: int) -> Page[Webhook]:
        """The newest first; an empty cursor is the list's beginning."""

    async def get(self, user_id: UUID, webhook_id: UUID) -> Webhook:
        """One."""

    async def remove(self, user_id: UUID, webhook_id: UUID) -> None:
        """For good."""

    async def deliveries(self, user_id: UUID, webhook_id: UUID, cursor: str, limit: int) -> Page[Delivery]:
        """What became of each message, the newest first."""

    async def redeliver(self, user_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Delivery:
        """Has it sent again."""
