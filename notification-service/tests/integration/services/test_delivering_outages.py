"""Messages to users' programs, through crashes and outages: each test starts services of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fiapx_common.settings import PostgresSettings
from fiapx_models.events import UserRegistered
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.receivers import Receiver, Reply
from fiapx_testing.waiting import PATIENCE_S
from notification_service.bootstrap import running
from notification_service.settings import Settings, WebhookSettings
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url

Query = Callable[..., Awaitable[Any]]
Subscribe = Callable[..., Awaitable[bytes]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
OpenProxy = Callable[[str, int], Awaitable[TcpProxy]]


async def queue(query: Query, messages: int = 1) -> None:
    """Messages that wait, to each webhook."""
    await query(
        "INSERT INTO webhook_deliveries (id, webhook_id, type, video_id, attempt, body, status, tries, tries_before,"
        " created_at, due_at) SELECT gen_random_uuid(), id, 'video.failed.v1', gen_random_uuid(), 1, '{}', 'pending',"
        " 0, 0, now(), now() FROM webhooks, generate_series(1, :messages)",
        messages=messages,
    )


def with_webhooks(settings: Settings, **changed: Any) -> Settings:
    return settings.model_copy(update={"webhooks": settings.webhooks.model_copy(update=changed)})


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
async def test_without_leave_nothing_is_sent_to_a_private_address(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, host: str,
) -> None:  # fmt: skip
    port = int(receiver.url.rpartition(":")[2])
    await subscribe(ana, f"https://{host}:{port}/")
    await queue(query)
    async with running(with_webhooks(settings, private_targets=False, ports=[port])):
        rows = await eventually(lambda: query("SELECT failure FROM webhook_deliveries WHERE status = 'failed'"))
    assert "special address" in rows[0]["failure"]
    assert receiver.received == []


async def test_a_webhook_of_laxer_days_is_judged_by_the_rules_of_today(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    await subscribe(ana, receiver.url)
    await queue(query)
    async with running(with_webhooks(settings, private_targets=False)):
        rows = await eventually(lambda: query("SELECT failure FROM webhook_deliveries WHERE status = 'failed'"))
    assert rows[0]["failure"] == "The address is not allowed any more: it must begin with https://."
    assert receiver.received == []


async def test_a_message_whose_sender_died_is_sent_by_another(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    await subscribe(ana, receiver.url)
    await queue(query)
    # taken by somebody who then vanished
    await query("UPDATE webhooks SET leased_until = now() + interval '1 s'")
    await query("UPDATE webhook_deliveries SET tries = 1")
    async with running(settings):
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' AND tries = 2"))


async def test_a_sender_whose_lease_is_over_changes_nothing_any_more(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.replies.extend([Reply(204, after_s=4), Reply(500)])
    await subscribe(ana, receiver.url)
    await queue(query)
    async with running(with_webhooks(settings, lease_s=0.5, schedule_s=[600, 600])):
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE tries = 2 AND answer_status = 500"))
    # stopping waited for the first sender, who was told 204
    assert await query("SELECT status, answer_status FROM webhook_deliveries") == [
        {"status": "pending", "answer_status": 500}
    ]


async def test_two_senders_share_the_queue_and_send_each_message_once(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    for number in range(5):
        await subscribe(ana, f"{receiver.url}/{number}")
    await queue(query, 6)
    async with running(settings), running(settings):
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' OFFSET 29"))
    assert len({request.headers["webhook-id"] for request in receiver.received}) == len(receiver.received) == 30


async def test_a_message_under_way_is_finished_when_the_service_stops(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.reply = Reply(204, after_s=1)
    await subscribe(ana, receiver.url)
    await queue(query)
    async with running(settings):
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE tries = 1"))
    assert await query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered'")
    assert len(receiver.received) == 1


async def test_a_message_that_was_taken_while_the_database_was_away_is_not_sent_twice(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, proxy: OpenProxy,
) -> None:  # fmt: skip
    url = make_url(settings.postgres.dsn.get_secret_value())
    between = await proxy(str(url.host), url.port or 5432)
    through = url.set(host=between.host, port=between.port).render_as_string(hide_password=False)
    receiver.reply = Reply(204, after_s=2)
    await subscribe(ana, receiver.url)
    await queue(query)
    postgres = PostgresSettings(dsn=SecretStr(through), timeout_s=5)
    async with running(settings.model_copy(update={"postgres": postgres})):
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE tries = 1"))
        between.cut()
        await asyncio.sleep(3)
        between.forward()
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered'"))
    assert len(receiver.received) == 1


async def test_what_became_of_messages_is_forgotten_after_a_month_and_what_waits_is_kept(
    *, settings: Settings, ana: UserRegistered, query: Query, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    await subscribe(ana, receiver.url)
    await queue(query, 3)
    await query(
        "UPDATE webhook_deliveries SET created_at = now() - interval '31 days', due_at = now() + interval '1 h'"
    )
    await query(
        "UPDATE webhook_deliveries SET status = 'delivered', ended_at = now()"
        " WHERE id = (SELECT id FROM webhook_deliveries LIMIT 1)"
    )
    async with running(settings):

        async def swept() -> bool:
            return len(await query("SELECT 1 FROM webhook_deliveries")) == 2

        await eventually(swept)
    assert await query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered'") == []


def test_a_lease_must_outlast_the_slowest_request() -> None:
    with pytest.raises(ValidationError, match="or messages go out twice"):
        WebhookSettings(total_timeout_s=PATIENCE_S, lease_s=PATIENCE_S)
