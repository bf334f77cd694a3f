"""Sending, by a service that all is well with."""

from collections.abc import Awaitable, Callable
from email import message_from_string
from email.policy import default
from typing import Any

from fiapx_common.running import Started
from fiapx_models.events import UserRegistered, VideoEnded
from fiapx_testing.mailboxes import Mailbox
from opentelemetry import trace

Completed = Callable[..., VideoEnded]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


async def test_a_mail_that_is_sent_again_has_the_same_message_id(
    known: UserRegistered, query: Query, mailbox: Mailbox
) -> None:
    # as after a crash between the server's 250 and our commit
    await query("UPDATE mails SET status = 'queued', sent_at = NULL, due_at = now()")
    first, second = await mailbox.wait_for(known.email, count=2)
    assert first.message_id == second.message_id == f"<welcome.{known.user_id}.1@fiapx.example>"


async def test_a_mail_sent_again_is_the_same_mail(known: UserRegistered, query: Query, mailbox: Mailbox) -> None:
    await query("UPDATE mails SET status = 'queued', sent_at = NULL, due_at = now()")
    first, second = (read_mail(mail.source) for mail in await mailbox.wait_for(known.email, count=2))
    assert first == second


def read_mail(source: str) -> list[str]:
    """What a reader would see."""
    message = message_from_string(source, policy=default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return [*(str(message[name]) for name in ("From", "To", "Subject", "Date", "Message-ID")), *parts]


async def test_a_mail_that_can_never_be_accepted_is_given_up_with_a_reason(
    service: Started, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    await tell(ana.model_copy(update={"email": "nobody at all"}))
    await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'failed'"))
    (row,) = await query("SELECT failure, tries FROM mails")
    assert row == {"failure": "The address is not a mail address.", "tries": 1}


async def test_a_mail_whose_facts_are_damaged_does_not_stop_the_others(
    *, known: UserRegistered, completed: Completed, tell: Tell, query: Query, mailbox: Mailbox, eventually: Eventually
) -> None:
    await query(
        "UPDATE mails SET status = 'queued', sent_at = NULL, kind = 'video_completed', due_at = now() - interval '1 h'"
    )
    await eventually(lambda: query("SELECT 1 FROM mails WHERE status = 'failed'"))
    await tell(completed(known))
    assert len(await mailbox.wait_for(known.email, count=2)) == 2


async def test_a_mail_belongs_to_the_trace_of_its_outcome(
    service: Started, ana: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    with trace.get_tracer(__name__).start_as_current_span("the user's request") as span:
        await tell(ana)
    (row,) = await eventually(lambda: query("SELECT traceparent FROM mails"))
    assert trace.format_trace_id(span.get_span_context().trace_id) in row["traceparent"]
