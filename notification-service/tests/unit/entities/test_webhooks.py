"""Which webhooks there can be."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from fiapx_common.errors import Invalid
from fiapx_common.outbound import TargetRules
from notification_service.entities.webhooks import EVENT_TYPES, Webhook, WebhookWish, new_secret

URL = "https://receiver.example/hook"


def test_without_types_all_of_today_are_wanted() -> None:
    assert WebhookWish.read(URL, [], "", TargetRules()).events == EVENT_TYPES


def test_types_are_wanted_once_each_in_the_order_of_the_documentation() -> None:
    wish = WebhookWish.read(URL, ["video.failed.v1", "video.processed.v1", "video.failed.v1"], "", TargetRules())
    assert wish.events == ("video.processed.v1", "video.failed.v1")


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        WebhookWish.read("http://127.0.0.1/", ["video.failed.v1", "user.deleted.v1"], "a\nb", TargetRules())
    assert [field.field for field in refused.value.fields] == ["url", "events.1", "description"]


def test_a_description_has_an_end() -> None:
    assert WebhookWish.read(URL, [], "x" * 200, TargetRules()).description == "x" * 200
    with pytest.raises(Invalid):
        WebhookWish.read(URL, [], "x" * 201, TargetRules())


def test_secrets_are_256_random_bits_told_as_the_standard_says_and_never_shown() -> None:
    secret = new_secret()
    webhook = Webhook(UUID(int=1), UUID(int=2), URL, EVENT_TYPES, "", secret, datetime.now(UTC))
    assert webhook.secret_text == f"whsec_{base64.b64encode(secret).decode()}"
    assert (len(secret), secret == new_secret()) == (32, False)
    assert repr(secret) not in repr(webhook)
