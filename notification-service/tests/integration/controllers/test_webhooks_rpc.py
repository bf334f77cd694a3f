"""Users' webhooks: made, listed, removed; and what became of each message."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from fiapx_common.errors import Conflict, FiapxError, Gone, Invalid, NotFound
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.running import Started
from fiapx_models.events import UserDeleted, UserRegistered, VideoCancelled, VideoEnded
from fiapx_proto.notification.v1 import webhooks_pb2, webhooks_pb2_grpc
from fiapx_testing.receivers import Receiver, Reply
from fiapx_testing.waiting import PATIENCE_S

Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Ended = Callable[..., VideoEnded]
Ask = Callable[..., Awaitable[Any]]

URL = "https://receiver.example/hook"


@pytest_asyncio.fixture(loop_scope="module")
async def ask(service: Started) -> AsyncIterator[Ask]:
    """Calls a method: `ask("GetWebhook", user_id=…, id=…)`."""
    async with open_channel(f"ipv4:{service.grpc}", timeout_s=PATIENCE_S) as channel:
        stub = webhooks_pb2_grpc.WebhookServiceStub(channel)
        requests = {"CreateWebhook", "ListWebhooks", "GetWebhook", "DeleteWebhook", "ListDeliveries", "Redeliver"}
        made = {name: getattr(webhooks_pb2, f"{name}Request") for name in requests}

        async def call(method: str, **fields: Any) -> Any:
            request = made[method](**{name: _plain(value) for name, value in fields.items()})
            with answered_by("notification"):
                return await getattr(stub, method)(request)

        yield call


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | list) else str(value)


async def refusal(call: Awaitable[Any], kind: type[FiapxError]) -> str:
    with pytest.raises(kind) as refused:
        await call
    return refused.value.code


async def test_a_secret_is_told_when_the_webhook_is_made_and_never_again(ask: Ask) -> None:
    user = uuid4()
    made = await ask("CreateWebhook", user_id=user, url=URL, description="nightly build")
    assert made.secret.startswith("whsec_")
    (listed,) = (await ask("ListWebhooks", user_id=user)).webhooks
    assert listed == await ask("GetWebhook", user_id=user, id=made.webhook.id) == made.webhook
    assert (listed.url, listed.description) == (URL, "nightly build")
    assert list(listed.events) == ["video.processed.v1", "video.failed.v1", "video.cancelled.v1"]


async def test_a_webhook_that_there_cannot_be_is_refused_with_its_fields(ask: Ask) -> None:
    with pytest.raises(Invalid) as refused:
        await ask("CreateWebhook", user_id=uuid4(), url="ftp://example.com", events=["user.deleted.v1"])
    assert (refused.value.code, [field.field for field in refused.value.fields]) == (
        "invalid_request",
        ["url", "events.0"],
    )


async def test_the_most_webhooks_are_had_even_by_those_who_ask_at_once(ask: Ask, query: Query) -> None:
    user = uuid4()
    ends = await asyncio.gather(
        *(ask("CreateWebhook", user_id=user, url=f"{URL}/{number}") for number in range(25)), return_exceptions=True
    )
    refused = [end.code for end in ends if isinstance(end, Conflict)]
    assert refused == ["too_many_webhooks"] * 5
    (row,) = await query("SELECT count(*) AS webhooks FROM webhooks")
    assert row["webhooks"] == 20


async def test_a_request_that_is_sent_again_makes_one_webhook_with_one_secret(ask: Ask, query: Query) -> None:
    user = uuid4()
    wish = {"user_id": user, "url": URL, "idempotency_key": "again"}
    answers = await asyncio.gather(*(ask("CreateWebhook", **wish) for _ in range(10)))
    assert len({(answer.webhook.id, answer.secret) for answer in answers}) == 1
    assert await refusal(ask("CreateWebhook", **wish, events=["video.failed.v1"]), Invalid) == "idempotency_key_reused"
    other = await ask("CreateWebhook", **wish | {"user_id": uuid4()})
    assert other.webhook.id != answers[0].webhook.id
    await query("UPDATE webhooks SET created_at = created_at - interval '25 h'")
    assert (await ask("CreateWebhook", **wish)).webhook.id != answers[0].webhook.id
    assert len((await ask("ListWebhooks", user_id=user)).webhooks) == 2


async def test_webhooks_are_read_page_by_page_newest_first(ask: Ask) -> None:
    user = uuid4()
    made = [(await ask("CreateWebhook", user_id=user, url=f"{URL}/{number}")).webhook.id for number in range(3)]
    first = await ask("ListWebhooks", user_id=user, limit=2)
    last = await ask("ListWebhooks", user_id=user, limit=2, cursor=first.next_cursor)
    assert [webhook.id for webhook in [*first.webhooks, *last.webhooks]] == made[::-1]
    assert last.next_cursor == ""
    assert await refusal(ask("ListWebhooks", user_id=user, cursor="page 2"), Invalid) == "invalid_cursor"


@pytest.mark.parametrize("method", ["GetWebhook", "DeleteWebhook", "ListDeliveries", "Redeliver"])
async def test_somebody_elses_webhook_is_not_there(ask: Ask, method: str) -> None:
    owner = uuid4()
    webhook = (await ask("CreateWebhook", user_id=owner, url=URL)).webhook.id
    names = {"ListDeliveries": ["webhook_id"], "Redeliver": ["webhook_id", "id"]}.get(method, ["id"])
    call = ask(method, user_id=uuid4(), **dict.fromkeys(names, webhook))
    assert await refusal(call, NotFound) == "webhook_not_found"
    assert (await ask("GetWebhook", user_id=owner, id=webhook)).id == webhook


@pytest.mark.parametrize(("method", "field"), [("GetWebhook", "id"), ("ListDeliveries", "webhook_id")])
async def test_an_id_that_is_none_is_refused(ask: Ask, method: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await ask(method, **{"user_id": uuid4(), field: "mine"})
    assert [one.field for one in refused.value.fields] == [field]


async def test_a_deleted_webhook_takes_what_waits_for_it_along(
    *, ask: Ask, known: UserRegistered, failed: Ended, tell: Tell, query: Query, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.reply = Reply(500)
    webhook = (await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)).webhook.id
    await tell(failed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE tries > 0"))
    await ask("DeleteWebhook", user_id=known.user_id, id=webhook)
    assert await query("SELECT 1 FROM webhook_deliveries") == []
    heard = len(receiver.received)
    await asyncio.sleep(1)
    assert len(receiver.received) <= heard + 1, "one may have been under way"
    assert await refusal(ask("DeleteWebhook", user_id=known.user_id, id=webhook), NotFound) == "webhook_not_found"


async def test_an_erased_user_has_no_webhooks_and_makes_none(
    *, ask: Ask, known: UserRegistered, failed: Ended, tell: Tell, query: Query, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.reply = Reply(500)
    await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)
    await tell(failed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries"))
    await tell(UserDeleted(user_id=known.user_id))
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE erased_at IS NOT NULL"))
    assert await query("SELECT 1 FROM webhooks UNION ALL SELECT 1 FROM webhook_deliveries") == []
    making = ask("CreateWebhook", user_id=known.user_id, url=receiver.url)
    assert await refusal(making, Gone) == "account_erased"
    late = VideoCancelled(video_id=uuid4(), user_id=known.user_id, attempt=1)
    await tell(late)
    await eventually(lambda: query("SELECT 1 FROM inbox WHERE consumer = 'outcomes' OFFSET 1"))
    assert await query("SELECT 1 FROM webhook_deliveries") == []


async def test_the_log_tells_what_was_sent_and_what_came_back(
    *, ask: Ask, known: UserRegistered, completed: Ended, tell: Tell, receiver: Receiver, eventually: Eventually
) -> None:
    receiver.reply = Reply(202, body="ol\u00e1 \0".encode() + b"x" * 2000)
    webhook = (await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)).webhook.id
    ended = completed(known)
    await tell(ended)

    async def delivered() -> Any:
        deliveries = (await ask("ListDeliveries", user_id=known.user_id, webhook_id=webhook)).deliveries
        return [one for one in deliveries if one.status == "delivered"]

    (delivery,) = await eventually(delivered)
    assert (delivery.type, delivery.video_id, delivery.attempt) == ("video.processed.v1", str(ended.video_id), 1)
    assert (delivery.tries, delivery.failure, delivery.HasField("next_try_at")) == (1, "", False)
    assert (delivery.answer.status, len(delivery.answer.text)) == (202, 1024)
    assert delivery.answer.text.startswith("ol\u00e1 \N{REPLACEMENT CHARACTER}x")
    assert delivery.answer.duration_s > 0
    assert delivery.body == receiver.received[0].body.decode()
    assert json.loads(delivery.body)["data"]["id"] == str(ended.video_id)


async def test_deliveries_are_read_page_by_page(
    *, ask: Ask, known: UserRegistered, completed: Ended, tell: Tell, query: Query, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    webhook = (await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)).webhook.id
    await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered'"))
    await query(
        "INSERT INTO webhook_deliveries SELECT (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(),"
        " 'video_id', gen_random_uuid()))).* FROM webhook_deliveries d, generate_series(1, 59)"
    )
    seen, cursor, sizes = set[str](), "", list[int]()
    while cursor or not sizes:
        page = await ask("ListDeliveries", user_id=known.user_id, webhook_id=webhook, limit=200, cursor=cursor)
        seen |= {delivery.id for delivery in page.deliveries}
        sizes.append(len(page.deliveries))
        cursor = page.next_cursor
    assert (sizes, len(seen)) == ([50, 10], 60)


async def test_a_message_is_sent_again_under_its_own_id_when_asked_for(
    *, ask: Ask, known: UserRegistered, completed: Ended, tell: Tell, query: Query, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.reply = Reply(500)
    webhook = (await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)).webhook.id
    await tell(completed(known))
    (row,) = await eventually(lambda: query("SELECT id, tries FROM webhook_deliveries WHERE status = 'failed'"))
    assert row["tries"] == 3
    receiver.reply = Reply(204)
    again = await ask("Redeliver", user_id=known.user_id, webhook_id=webhook, id=row["id"])
    assert (again.status, again.HasField("next_try_at"), again.HasField("ended_at")) == ("pending", True, False)
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' AND tries = 4"))
    assert {request.headers["webhook-id"] for request in receiver.received} == {str(row["id"])}
    unknown = ask("Redeliver", user_id=known.user_id, webhook_id=webhook, id=uuid4())
    assert await refusal(unknown, NotFound) == "delivery_not_found"


async def test_to_a_webhook_that_is_disabled_nothing_is_sent_again(
    *, ask: Ask, known: UserRegistered, completed: Ended, tell: Tell, query: Query, receiver: Receiver,
    eventually: Eventually,
) -> None:  # fmt: skip
    receiver.reply = Reply(410)
    webhook = (await ask("CreateWebhook", user_id=known.user_id, url=receiver.url)).webhook.id
    await tell(completed(known))
    (row,) = await eventually(lambda: query("SELECT id FROM webhook_deliveries WHERE status = 'failed'"))
    assert (await ask("GetWebhook", user_id=known.user_id, id=webhook)).HasField("disabled_at")
    again = ask("Redeliver", user_id=known.user_id, webhook_id=webhook, id=row["id"])
    assert await refusal(again, Conflict) == "webhook_disabled"
