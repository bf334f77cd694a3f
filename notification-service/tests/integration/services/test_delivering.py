"""Messages to users' programs, by a service that all is well with."""

import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from fiapx_models.events import UserRegistered, VideoCancelled, VideoEnded
from fiapx_testing.receivers import Receiver, Reply, receiving
from opentelemetry import trace
from standardwebhooks import Webhook

Ended = Callable[..., VideoEnded]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Subscribe = Callable[..., Awaitable[bytes]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]

GIVEN = {"external_id": "order-17", "metadata_json": '{"camera": 2}', "tags": ["summer", "sea"]}


async def test_a_receiver_that_knows_only_the_standard_verifies_and_reads_what_it_gets(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    secret = await subscribe(known, f"{receiver.url}/hook?who=me")
    ended = completed(known, **GIVEN)
    await tell(ended)
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered'"))
    (request,) = receiver.received
    event = Webhook(secret).verify(request.body, dict(request.headers))
    assert (request.path, request.headers["content-type"]) == ("/hook?who=me", "application/json")
    assert event["type"] == "video.processed.v1"
    data = event["data"]
    assert (data["id"], data["frame_count"], data["status"]) == (str(ended.video_id), 1234, "completed")
    assert (data["external_id"], data["metadata"], data["tags"]) == ("order-17", {"camera": 2}, ["summer", "sea"])
    assert data["links"]["frames_zip"] == f"https://frames.example/api/v1/videos/{ended.video_id}/frames.zip"


async def test_each_end_of_an_attempt_is_told_to_those_who_want_to_hear_it_once(
    *, known: UserRegistered, completed: Ended, failed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    await subscribe(known, f"{receiver.url}/all")
    await subscribe(known, f"{receiver.url}/failed", "video.failed.v1")
    cancelled = VideoCancelled(video_id=uuid4(), user_id=known.user_id, attempt=1, filename="c.mp4")
    events = [completed(known), failed(known), cancelled]
    for event in events * 2:
        await tell(event)
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' OFFSET 3"))
    heard = sorted((request.path, json.loads(request.body)["type"]) for request in receiver.received)
    assert heard == [
        ("/all", "video.cancelled.v1"),
        ("/all", "video.failed.v1"),
        ("/all", "video.processed.v1"),
        ("/failed", "video.failed.v1"),
    ]


async def test_nobody_hears_of_others_videos(
    *, known: UserRegistered, sign_up: Callable[..., UserRegistered], completed: Ended, tell: Tell,
    subscribe: Subscribe, receiver: Receiver, eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    await subscribe(sign_up(), receiver.url)
    await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM mails WHERE kind = 'video_completed'"))
    assert await query("SELECT 1 FROM webhook_deliveries") == []


async def test_what_is_not_taken_is_tried_again_under_the_same_id_with_a_new_time(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    receiver.replies.extend([Reply(500), Reply(503, {"Retry-After": "2"}), Reply(204)])
    secret = await subscribe(known, receiver.url)
    await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' AND tries = 3"))
    first, second, third = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == third.headers["webhook-id"]
    assert first.body == second.body == third.body
    assert third.at - second.at >= 2
    assert third.headers["webhook-timestamp"] > first.headers["webhook-timestamp"]
    assert Webhook(secret).verify(third.body, dict(third.headers))


async def test_what_is_never_taken_is_given_up_with_the_last_answer(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    receiver.reply = Reply(500, body=b"out of order")
    await subscribe(known, receiver.url)
    await tell(completed(known))
    rows = await eventually(lambda: query("SELECT * FROM webhook_deliveries WHERE status = 'failed'"))
    assert (rows[0]["tries"], rows[0]["answer_status"], rows[0]["answer_text"]) == (3, 500, "out of order")
    assert rows[0]["failure"] == "The receiver answered 500."


async def test_a_redirect_is_not_followed_and_counts_as_a_failure(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    with receiving() as elsewhere:
        receiver.reply = Reply(307, {"Location": elsewhere.url})
        await subscribe(known, receiver.url)
        await tell(completed(known))
        rows = await eventually(lambda: query("SELECT * FROM webhook_deliveries WHERE status = 'failed'"))
        assert rows[0]["failure"] == "The receiver answered 307; redirects are not followed."
        assert elsewhere.received == []


async def test_410_ends_all_that_waits_for_the_webhook_and_all_that_is_to_come(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    receiver.reply = Reply(410)
    await subscribe(known, receiver.url)
    await query("UPDATE webhooks SET rests_until = now() + interval '1 day'")
    for _ in range(3):
        await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries OFFSET 2"))
    await query("UPDATE webhooks SET rests_until = now()")
    rows = await eventually(lambda: query("SELECT failure FROM webhook_deliveries WHERE status = 'failed' OFFSET 2"))
    assert "410 Gone" in rows[0]["failure"]
    await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM mails WHERE kind = 'video_completed' OFFSET 3"))
    (row,) = await query("SELECT count(*) AS deliveries FROM webhook_deliveries")
    assert (row["deliveries"], len(receiver.received)) == (3, 1)


async def test_a_slow_receiver_holds_up_nobody_elses_messages(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    with receiving() as slow:
        slow.reply = Reply(204, after_s=600)
        await subscribe(known, slow.url)
        await subscribe(known, receiver.url)
        for _ in range(5):
            await tell(completed(known))
        await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' OFFSET 4"))
        assert (len(receiver.received), len(slow.received)) == (5, 1)


async def test_an_endpoint_gets_one_message_at_a_time(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    receiver.reply = Reply(204, after_s=0.3)
    await subscribe(known, receiver.url)
    for _ in range(4):
        await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM webhook_deliveries WHERE status = 'delivered' OFFSET 3"))
    moments = sorted(request.at for request in receiver.received)
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(moments))


async def test_a_receiver_that_is_away_is_told_of_in_the_log(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, eventually: Eventually, query: Query
) -> None:
    await subscribe(known, "http://127.0.0.1:1/")
    await tell(completed(known))
    rows = await eventually(lambda: query("SELECT * FROM webhook_deliveries WHERE status = 'failed'"))
    assert (rows[0]["answer_status"], rows[0]["failure"].split(":")[0]) == (None, "No connection")


async def test_a_message_belongs_to_the_trace_of_its_event(
    *, known: UserRegistered, completed: Ended, tell: Tell, subscribe: Subscribe, receiver: Receiver,
    eventually: Eventually, query: Query,
) -> None:  # fmt: skip
    await subscribe(known, receiver.url)
    with trace.get_tracer(__name__).start_as_current_span("the user's request") as span:
        await tell(completed(known))
    (row,) = await eventually(lambda: query("SELECT traceparent FROM webhook_deliveries"))
    assert trace.format_trace_id(span.get_span_context().trace_id) in row["traceparent"]
