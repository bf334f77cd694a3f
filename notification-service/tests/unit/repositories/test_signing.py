"""Signatures, reckoned here by hand as the specification says."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

import pytest
from notification_service.entities.deliveries import DueDelivery
from notification_service.repositories.signing import StandardSigning
from standardwebhooks import Webhook, WebhookVerificationError

SECRET = bytes(range(32))


def delivery(body: str) -> DueDelivery:
    return DueDelivery(
        id=UUID(int=7),
        webhook_id=UUID(int=8),
        url="https://receiver.example",
        secret=SECRET,
        type="video.processed.v1",
        body=body,
        traceparent=None,
        tries=1,
        retry=1,
        age_s=0.0,
    )


def test_a_signature_is_the_hmac_of_id_time_and_body() -> None:
    before = int(datetime.now(UTC).timestamp())
    headers = StandardSigning().headers(delivery('{"a":1}'))
    assert headers["webhook-id"] == str(UUID(int=7))
    assert before <= int(headers["webhook-timestamp"]) <= before + 60
    signed = f'{UUID(int=7)}.{headers["webhook-timestamp"]}.{{"a":1}}'.encode()
    expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_a_receiver_accepts_it_and_refuses_another_body_or_secret() -> None:
    headers = dict(StandardSigning().headers(delivery('{"a":1}')))
    secret = f"whsec_{base64.b64encode(SECRET).decode()}"
    assert Webhook(secret).verify('{"a":1}', headers) == {"a": 1}
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify('{"a":2}', headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(b"another secret").verify('{"a":1}', headers)
