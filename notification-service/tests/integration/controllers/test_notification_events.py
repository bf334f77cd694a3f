"""Events in, mails out."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.messaging import Envelope
from fiapx_common.running import Started
from fiapx_models.events import (
    UserDeleted,
    UserRegistered,
    UserUpdated,
    VideoEnded,
    VideoEvent,
    VideoFailed,
    VideoProcessed,
)
from fiapx_models.media import Warned
from fiapx_testing.brokers import Broker
from fiapx_testing.mailboxes import Mail, Mailbox
from fiapx_testing.telling import Teller
from notification_service.controllers.notification_events import QUEUE

SignUp = Callable[..., UserRegistered]
Completed = Callable[..., VideoEnded]
Failed = Callable[..., VideoEnded]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


@pytest.fixture
def outcome_of(mailbox: Mailbox) -> Callable[[UserRegistered], Awaitable[Mail]]:
    """The mail that is not the welcome."""

    async def wait(user: UserRegistered) -> Mail:
        mails = await mailbox.wait_for(user.email, count=2)
        (outcome,) = [mail for mail in mails if "<welcome." not in mail.message_id]
        return outcome

    return wait


async def test_who_signs_up_is_welcomed_by_name(
    service: Started, tell: Tell, ana: UserRegistered, mailbox: Mailbox
) -> None:
    await tell(ana)
    (mail,) = await mailbox.wait_for(ana.email)
    assert mail.subject == "Welcome to FIAP X"
    assert "Hello, Ana Souza!" in mail.text
    assert "<bdi>Ana Souza</bdi>" in mail.html
    assert "https://frames.example" in mail.text


async def test_who_reads_portuguese_is_welcomed_in_portuguese(
    service: Started, tell: Tell, sign_up: SignUp, mailbox: Mailbox
) -> None:
    person = sign_up(locale="pt-BR", name="João")
    await tell(person)
    (mail,) = await mailbox.wait_for(person.email)
    assert mail.subject == "Boas-vindas ao FIAP X"
    assert "Olá, João!" in mail.text
    assert "Content-Language: pt-BR" in mail.source


async def test_a_completed_video_is_told_with_name_count_and_link(
    known: UserRegistered, tell: Tell, completed: Completed, outcome_of: Callable[..., Awaitable[Mail]]
) -> None:
    event = completed(known)
    await tell(event)
    mail = await outcome_of(known)
    assert mail.subject == "Your frames are ready: holiday.mp4"
    for part in (mail.text, mail.html):
        assert "1,234 frames are waiting" in part
        assert f"https://frames.example/videos/{event.video_id}" in part


async def test_a_completed_video_is_told_in_portuguese(
    service: Started, tell: Tell, sign_up: SignUp, completed: Completed, outcome_of: Callable[..., Awaitable[Mail]]
) -> None:
    person = sign_up(locale="pt-BR")
    await tell(person)
    await tell(completed(person, filename="férias.mp4", frame_count=1))
    mail = await outcome_of(person)
    assert mail.subject == "Seus quadros estão prontos: férias.mp4"
    for part in (mail.text, mail.html):
        assert "1 quadro espera por você" in part


async def test_warnings_of_a_completed_video_are_mentioned(
    known: UserRegistered, tell: Tell, completed: Completed, outcome_of: Callable[..., Awaitable[Mail]]
) -> None:
    await tell(completed(known, warnings=[Warned(code="range_beyond_end", message="Beyond the end.")]))
    assert "something to know about the result" in (await outcome_of(known)).text


async def test_a_failed_video_is_told_with_its_reason_and_what_to_do(
    known: UserRegistered, tell: Tell, failed: Failed, outcome_of: Callable[..., Awaitable[Mail]]
) -> None:
    event = failed(known)
    await tell(event)
    mail = await outcome_of(known)
    assert mail.subject == "Your video could not be processed: broken.mp4"
    for part in (mail.text, mail.html):
        assert "The English message." in part
        assert "The English hint." in part
        assert f"damaged, {event.video_id}" in part


async def test_a_failed_video_is_told_in_portuguese(
    service: Started, tell: Tell, sign_up: SignUp, failed: Failed, outcome_of: Callable[..., Awaitable[Mail]]
) -> None:
    person = sign_up(locale="pt-BR")
    await tell(person)
    await tell(failed(person, code="empty"))
    mail = await outcome_of(person)
    assert mail.subject == "Não foi possível processar seu vídeo: broken.mp4"
    for part in (mail.text, mail.html):
        assert "O arquivo está vazio." in part
        assert "envie-o de novo" in part
        assert "English" not in part


async def test_events_doubled_and_shuffled_give_one_mail_per_outcome(
    *,
    service: Started,
    tell: Tell,
    sign_up: SignUp,
    completed: Completed,
    failed: Failed,
    mailbox: Mailbox,
    query: Query,
    eventually: Eventually,
) -> None:
    person = sign_up()
    good, bad = completed(person), failed(person)
    again = good.model_copy(update={"attempt": 2})
    told = [(event, message_id) for event in (person, good, bad, again) for message_id in [uuid4(), uuid4()] * 5]
    random.Random(7).shuffle(told)
    for event, message_id in told:
        await tell(event, message_id)

    async def all_sent() -> bool:
        return [row["status"] for row in await query("SELECT status FROM mails")] == ["sent"] * 4

    await eventually(all_sent)
    await asyncio.sleep(1.5)  # whatever was doubled would come now
    mails = await mailbox.messages(person.email)
    assert sorted(mail.message_id for mail in mails) == sorted({mail.message_id for mail in mails})
    assert len(mails) == 4


PROCESSED = {
    "filename": "holiday.mp4",
    "media": {"duration_s": 10, "width": 1920, "height": 1080, "fps": 30, "codec": "h264"},
    "frame_count": 1234,
    "archive_key": "results/x/1/frames.zip",
    "archive_bytes": 10,
    "manifest_key": "results/x/1/manifest.json",
    "error": {"code": "damaged", "message": "It is.", "hint": "Send it again."},
    "finished_at": "2026-11-24T12:00:00Z",
}


@pytest.mark.parametrize("kind", [VideoProcessed, VideoFailed])
async def test_what_processing_alone_says_of_a_video_is_no_mail(
    kind: type[VideoEvent], known: UserRegistered, teller: Teller, mailbox: Mailbox, query: Query
) -> None:
    # its user may have cancelled it meanwhile; a queue that was bound by an earlier version still gets these
    event = kind.model_validate({**PROCESSED, "video_id": uuid4(), "user_id": known.user_id, "attempt": 1})
    body = event.model_dump_json().encode()
    await teller.tell(Envelope(type=event.TYPE, subject=event.subject(), body=body, queue=QUEUE))
    await teller.forget()
    assert [row["kind"] for row in await query("SELECT kind FROM mails")] == ["welcome"]
    assert len(await mailbox.messages(known.email)) == 1


async def test_an_outcome_waits_for_its_users_sign_up(
    *,
    service: Started,
    tell: Tell,
    ana: UserRegistered,
    completed: Completed,
    mailbox: Mailbox,
    query: Query,
    outcome_of: Callable[..., Awaitable[Mail]],
) -> None:
    await tell(completed(ana))
    await asyncio.sleep(0.5)
    assert await query("SELECT 1 FROM mails") == []
    await tell(ana)
    assert (await outcome_of(ana)).subject == "Your frames are ready: holiday.mp4"


async def test_a_changed_address_and_language_hold_for_later_mails(
    *, known: UserRegistered, tell: Tell, completed: Completed, mailbox: Mailbox, query: Query, eventually: Eventually
) -> None:
    moved = UserUpdated(user_id=known.user_id, email=Mailbox.new_address(), name="", locale="pt-PT")
    await tell(moved)
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE email = :email", email=moved.email))
    await tell(completed(known))
    (mail,) = await mailbox.wait_for(moved.email)
    assert mail.subject.startswith("Seus quadros")
    assert "Olá!" in mail.text


async def test_an_older_change_that_comes_later_changes_nothing(
    known: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    newer, older = (
        UserUpdated(user_id=known.user_id, email=known.email, name=name, locale="en") for name in ("Newer", "Older")
    )
    now = datetime.now(UTC)
    await tell(newer, at=now + timedelta(seconds=20))
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE name = 'Newer'"))
    mark = UserUpdated(user_id=uuid4(), email=known.email, name="Mark", locale="en")
    await tell(older, at=now + timedelta(seconds=10))
    await tell(mark)
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE name = 'Mark'"))
    await asyncio.sleep(0.3)
    (row,) = await query("SELECT name FROM recipients WHERE user_id = :id", id=known.user_id)
    assert row["name"] == "Newer"


async def test_of_two_changes_within_a_second_the_later_holds(
    known: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    # a message's own time, the same for both, would let the one that comes last win
    now = datetime.now(UTC).replace(microsecond=0)
    newer, older = (
        UserUpdated(
            user_id=known.user_id,
            email=known.email,
            name=name,
            locale="pt-BR",
            changed_at=now + timedelta(microseconds=number),
        )
        for name, number in (("Newer", 2), ("Older", 1))
    )
    mark = UserUpdated(user_id=uuid4(), email=known.email, name="Mark", locale="en")
    await tell(newer, at=now)
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE name = 'Newer'"))
    await tell(older, at=now)
    await tell(mark)
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE name = 'Mark'"))
    await asyncio.sleep(0.3)
    (row,) = await query("SELECT name, locale FROM recipients WHERE user_id = :id", id=known.user_id)
    assert tuple(row.values()) == ("Newer", "pt-BR")


async def test_a_sign_up_that_comes_after_a_change_does_not_undo_it(
    *, service: Started, tell: Tell, ana: UserRegistered, mailbox: Mailbox, query: Query, eventually: Eventually
) -> None:
    moved = UserUpdated(user_id=ana.user_id, email=Mailbox.new_address(), name="Ana", locale="en")
    await tell(moved)
    await eventually(lambda: query("SELECT 1 FROM recipients"))
    await tell(ana)
    await mailbox.wait_for(moved.email)
    (row,) = await query("SELECT email FROM recipients")
    assert row["email"] == moved.email


async def test_a_deleted_user_is_forgotten_and_gets_nothing_more(
    *,
    known: UserRegistered,
    tell: Tell,
    completed: Completed,
    mailbox: Mailbox,
    query: Query,
    eventually: Eventually,
    broker: Broker,
) -> None:
    await tell(UserDeleted(user_id=known.user_id))
    await eventually(lambda: query("SELECT 1 FROM recipients WHERE erased_at IS NOT NULL"))
    late = completed(known)
    late_id = uuid4()
    await tell(late, late_id)
    await tell(known)
    await eventually(lambda: query("SELECT 1 FROM inbox WHERE message_id = :id", id=str(late_id)))
    await asyncio.sleep(0.5)
    (row,) = await query("SELECT email, name, locale FROM recipients")
    assert set(row.values()) == {None}
    assert await query("SELECT 1 FROM mails") == []
    assert len(await mailbox.messages(known.email)) == 1  # the welcome of before
    assert (await broker.queue(f"{QUEUE}.dead")).ready == 0


NASTY = {
    "a.mp4\r\nBcc: victim@example.com\r\n\r\nhello": "a.mp4 Bcc: victim@example.com hello",
    '<img src=x onerror="alert(1)">.mp4': '<img src=x onerror="alert(1)">.mp4',
    "invoice\u202egpj.4pm": "invoicegpj.4pm",
    "férias 日本 🎬.mp4": "férias 日本 🎬.mp4",
    "{{ 7 * 7 }}{% raw %}.mp4": "{{ 7 * 7 }}{% raw %}.mp4",
    "\x00\u2028": "video",
    "x" * 296 + ".mp4": "x" * 67 + "…" + "x" * 8 + ".mp4",
    "日" * 300: "日" * 67 + "…" + "日" * 12,
}


class TagReader(HTMLParser):
    """The elements of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


async def test_nasty_file_names_are_shown_and_do_nothing(
    known: UserRegistered, tell: Tell, completed: Completed, mailbox: Mailbox
) -> None:
    for filename in NASTY:
        await tell(completed(known, filename=filename))
    mails = await mailbox.wait_for(known.email, count=1 + len(NASTY))
    by_subject = {mail.subject: mail for mail in mails if "<welcome." not in mail.message_id}
    assert set(by_subject) == {f"Your frames are ready: {shown}" for shown in NASTY.values()}
    for shown in NASTY.values():
        mail = by_subject[f"Your frames are ready: {shown}"]
        assert mail.recipients == (known.email,)
        assert "\nBcc:" not in mail.source
        assert "img" not in TagReader(mail.html).tags
        assert f"Your video {shown} is done" in mail.text


async def test_a_name_that_is_an_advertisement_is_not_repeated(
    service: Started, tell: Tell, sign_up: SignUp, mailbox: Mailbox
) -> None:
    person = sign_up(name="Win money at www.example.com/win")
    await tell(person)
    (mail,) = await mailbox.wait_for(person.email)
    assert "Win money" not in mail.source
    assert "Hello!" in mail.text


async def test_an_event_that_is_none_goes_to_the_dead_letters(
    service: Started, teller: Teller, broker: Broker, eventually: Eventually
) -> None:
    body = b'{"video_id": "no id", "attempt": "one"}'
    await teller.tell(Envelope(type=VideoEnded.TYPE, subject="x", body=body))

    async def dead() -> bool:
        return (await broker.queue(f"{QUEUE}.dead")).ready == 1

    await eventually(dead)
