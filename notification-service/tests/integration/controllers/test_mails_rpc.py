"""Asking what was sent."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from fiapx_common.errors import Invalid
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.running import Started
from fiapx_models.events import UserRegistered, VideoEnded
from fiapx_proto.notification.v1 import notification_pb2, notification_pb2_grpc
from fiapx_testing.waiting import PATIENCE_S

Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
ListMails = Callable[..., Awaitable[list[notification_pb2.Mail]]]


@pytest_asyncio.fixture(loop_scope="module")
async def list_mails(service: Started) -> AsyncIterator[ListMails]:
    async with open_channel(f"ipv4:{service.grpc}", timeout_s=PATIENCE_S) as channel:
        stub = notification_pb2_grpc.NotificationServiceStub(channel)

        async def ask(user_id: object, limit: int = 0) -> list[notification_pb2.Mail]:
            with answered_by("notification"):
                answer = await stub.ListMails(notification_pb2.ListMailsRequest(user_id=str(user_id), limit=limit))
            return list(answer.mails)

        yield ask


async def test_mails_are_listed_newest_first_with_what_became_of_them(
    *,
    known: UserRegistered,
    completed: Callable[..., VideoEnded],
    tell: Tell,
    query: Query,
    eventually: Eventually,
    list_mails: ListMails,
) -> None:
    await tell(completed(known))
    await eventually(lambda: query("SELECT 1 FROM mails WHERE kind = 'video_completed' AND status = 'sent'"))
    newest, oldest = await list_mails(known.user_id)
    assert (newest.kind, newest.subject, newest.status) == (
        "video_completed",
        "Your frames are ready: holiday.mp4",
        "sent",
    )
    assert oldest.message_id == f"<welcome.{known.user_id}.1@fiapx.example>"
    assert newest.sent_at.ToDatetime() >= newest.created_at.ToDatetime() > oldest.created_at.ToDatetime()


async def test_a_mail_that_failed_says_why(known: UserRegistered, query: Query, list_mails: ListMails) -> None:
    await query("UPDATE mails SET status = 'failed', sent_at = NULL, failure = 'no such mailbox'")
    (mail,) = await list_mails(known.user_id)
    assert (mail.status, mail.failure, mail.HasField("sent_at")) == ("failed", "no such mailbox", False)


async def test_a_list_is_as_long_as_was_asked_50_if_not_and_never_above_200(
    known: UserRegistered, query: Query, list_mails: ListMails
) -> None:
    await query(
        "INSERT INTO mails SELECT gen_random_uuid(), kind, gen_random_uuid(), 1, user_id, language, facts, subject,"
        " gen_random_uuid()::text, traceparent, status, tries, due_at, failure, created_at, sent_at"
        " FROM mails, generate_series(1, 249)"
    )
    lengths = [len(await list_mails(known.user_id, limit)) for limit in (1, 100, 0, -1, 1000)]
    assert lengths == [1, 100, 50, 50, 200]


async def test_others_mails_are_not_listed(known: UserRegistered, list_mails: ListMails) -> None:
    assert await list_mails(uuid4()) == []


async def test_an_id_that_is_none_is_refused(list_mails: ListMails) -> None:
    with pytest.raises(Invalid) as refused:
        await list_mails("me")
    assert [field.field for field in refused.value.fields] == ["user_id"]
