"""Asking what was sent."""

import json
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
ListMails = Callable[..., Awaitable[notification_pb2.ListMailsResponse]]


@pytest_asyncio.fixture(loop_scope="module")
async def list_mails(service: Started) -> AsyncIterator[ListMails]:
    async with open_channel(f"ipv4:{service.grpc}", timeout_s=PATIENCE_S) as channel:
        stub = notification_pb2_grpc.NotificationServiceStub(channel)

        async def ask(user_id: object, limit: int = 0, cursor: str = "") -> notification_pb2.ListMailsResponse:
            request = notification_pb2.ListMailsRequest(user_id=str(user_id), limit=limit, cursor=cursor)
            with answered_by("notification"):
                return await stub.ListMails(request)

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
    newest, oldest = (await list_mails(known.user_id)).mails
    assert (newest.kind, newest.subject, newest.status) == (
        "video_completed",
        "Your frames are ready: holiday.mp4",
        "sent",
    )
    assert oldest.message_id == f"<welcome.{known.user_id}.1@fiapx.example>"
    assert newest.sent_at.ToDatetime() >= newest.created_at.ToDatetime() > oldest.created_at.ToDatetime()


async def test_a_mail_that_failed_says_why(known: UserRegistered, query: Query, list_mails: ListMails) -> None:
    await query("UPDATE mails SET status = 'failed', sent_at = NULL, failure = 'no such mailbox'")
    (mail,) = (await list_mails(known.user_id)).mails
    assert (mail.status, mail.failure, mail.HasField("sent_at")) == ("failed", "no such mailbox", False)


async def test_a_list_is_as_long_as_was_asked_50_if_not_and_never_above_200(
    known: UserRegistered, query: Query, list_mails: ListMails
) -> None:
    await query(
        "INSERT INTO mails SELECT gen_random_uuid(), kind, gen_random_uuid(), 1, user_id, language, facts, subject,"
        " gen_random_uuid()::text, traceparent, status, tries, due_at, failure, created_at, sent_at"
        " FROM mails, generate_series(1, 249)"
    )
    lengths = [len((await list_mails(known.user_id, limit)).mails) for limit in (1, 100, 0, -1, 1000)]
    assert lengths == [1, 100, 50, 50, 200]


async def test_all_mails_are_read_page_by_page_each_once(
    known: UserRegistered, query: Query, list_mails: ListMails
) -> None:
    await query(
        "INSERT INTO mails SELECT gen_random_uuid(), kind, gen_random_uuid(), 1, user_id, language, facts, subject,"
        " gen_random_uuid()::text, traceparent, status, tries, due_at, failure, created_at, sent_at"
        " FROM mails, generate_series(1, 4)"
    )
    seen, cursor, sizes = set[str](), "", list[int]()
    while cursor or not sizes:
        page = await list_mails(known.user_id, 2, cursor)
        seen |= {mail.message_id for mail in page.mails}
        sizes.append(len(page.mails))
        cursor = page.next_cursor
    assert (sizes, len(seen)) == ([2, 2, 1], 5)


async def test_a_mail_tells_what_it_is_about_and_what_it_was_filled_with(
    *,
    known: UserRegistered,
    completed: Callable[..., VideoEnded],
    tell: Tell,
    query: Query,
    eventually: Eventually,
    list_mails: ListMails,
) -> None:
    ended = completed(known)
    await tell(ended)
    await eventually(lambda: query("SELECT 1 FROM mails WHERE kind = 'video_completed'"))
    about_video, welcome = (await list_mails(known.user_id)).mails
    assert (about_video.video_id, about_video.attempt) == (str(ended.video_id), ended.attempt)
    assert json.loads(about_video.facts_json)["filename"] == "holiday.mp4"
    assert (about_video.language, welcome.language) == ("en", "en")
    assert (welcome.video_id, welcome.attempt) == ("", 0)


async def test_the_token_of_a_link_is_told_to_nobody(
    known: UserRegistered, query: Query, list_mails: ListMails
) -> None:
    await query("""UPDATE mails SET facts = '{"token": "secret", "valid_hours": 1}'""")
    (mail,) = (await list_mails(known.user_id)).mails
    assert json.loads(mail.facts_json) == {"valid_hours": 1}


async def test_a_cursor_of_another_list_is_refused(list_mails: ListMails) -> None:
    with pytest.raises(Invalid) as refused:
        await list_mails(uuid4(), 1, "page 2")
    assert refused.value.code == "invalid_cursor"


async def test_others_mails_are_not_listed(known: UserRegistered, list_mails: ListMails) -> None:
    assert list((await list_mails(uuid4())).mails) == []


async def test_an_id_that_is_none_is_refused(list_mails: ListMails) -> None:
    with pytest.raises(Invalid) as refused:
        await list_mails("me")
    assert [field.field for field in refused.value.fields] == ["user_id"]
