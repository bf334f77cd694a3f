"""Signatures of Standard Webhooks, by the project's own library."""

from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from notification_service.entities.deliveries import DueDelivery


class StandardSigning:
    """A port's `Signing`: HMAC-SHA256 of id, time and body, as `v1`."""

    def headers(self, delivery: DueDelivery) -> Mapping[str, str]:
        message_id, now = str(delivery.id), datetime.now(UTC)
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(delivery.secret).sign(message_id, now, delivery.body),
        }
