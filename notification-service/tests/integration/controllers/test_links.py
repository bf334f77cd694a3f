"""Links that users asked for, by mail."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from fiapx_common.running import Started
from fiapx_models.events import EmailVerificationRequested, MailedLink, PasswordResetRequested, UserRegistered
from fiapx_testing.mailboxes import Mail, Mailbox

SignUp = Callable[..., UserRegistered]
Tell = Callable[..., Awaitable[None]]
Query = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]


def link(token: str, hours: float = 1) -> MailedLink:
    now = datetime.now(UTC)
    return MailedLink(token=token, requested_at=now, expires_at=now + timedelta(hours=hours))


async def mail_of(mailbox: Mailbox, user: UserRegistered, kind: str, count: int = 2) -> Mail:
    mails = await mailbox.wait_for(user.email, count=count)
    (found,) = [mail for mail in mails if f"<{kind}." in mail.message_id]
    return found


async def test_a_welcome_carries_the_link_that_verifies_the_address(
    service: Started, tell: Tell, sign_up: SignUp, mailbox: Mailbox
) -> None:
    person = sign_up(locale="pt-BR", verification=link("canary", 72))
    await tell(person)
    mail = await mail_of(mailbox, person, "welcome", count=1)
    assert mail.subject == "Boas-vindas ao FIAP X"
    for part in (mail.text, mail.html):
        assert "https://frames.example/verify-email#token=canary" in part
        assert "72 horas" in part


async def test_a_password_reset_is_mailed_once_however_often_it_is_told(
    *, known: UserRegistered, tell: Tell, mailbox: Mailbox, query: Query, eventually: Eventually
) -> None:
    event = PasswordResetRequested(user_id=known.user_id, request_id=uuid4(), link=link("canary"))
    other = event.model_copy(update={"request_id": uuid4()})
    for each in (event, event, other):
        await tell(each)
    await eventually(lambda: query("SELECT 1 FROM mails WHERE about = :id AND status = 'sent'", id=other.request_id))
    mails = [mail for mail in await mailbox.wait_for(known.email, count=3) if "password_reset" in mail.message_id]
    requests = {event.request_id, other.request_id}
    assert sorted(mail.message_id.split(".")[1] for mail in mails) == sorted(map(str, requests))
    assert {mail.subject for mail in mails} == {"Choose a new password"}
    assert all("https://frames.example/reset-password#token=canary" in mail.text for mail in mails)


async def test_a_link_is_mailed_in_the_users_language_of_now(
    *, known: UserRegistered, tell: Tell, mailbox: Mailbox, query: Query, eventually: Eventually
) -> None:
    await query("UPDATE recipients SET locale = 'pt-BR'")
    await tell(EmailVerificationRequested(user_id=known.user_id, request_id=uuid4(), link=link("canary")))
    mail = await mail_of(mailbox, known, "email_verification")
    assert mail.subject == "Confirme seu endereço de e-mail"
    assert "https://frames.example/verify-email#token=canary" in mail.text


async def test_a_token_is_forgotten_once_its_mail_is_out(
    *, known: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    await tell(PasswordResetRequested(user_id=known.user_id, request_id=uuid4(), link=link("canary")))
    sent = "SELECT facts FROM mails WHERE kind = 'password_reset' AND status = 'sent'"
    (row,) = await eventually(lambda: query(sent))
    assert row["facts"] == {"valid_hours": 1}


async def test_an_expired_link_is_not_mailed(
    *, known: UserRegistered, tell: Tell, query: Query, eventually: Eventually
) -> None:
    late = PasswordResetRequested(user_id=known.user_id, request_id=uuid4(), link=link("late", hours=-1))
    await tell(late)
    await tell(late.model_copy(update={"request_id": uuid4(), "link": link("in time")}))
    await eventually(lambda: query("SELECT 1 FROM mails WHERE kind = 'password_reset'"))
    assert await query("SELECT 1 FROM mails WHERE about = :id", id=late.request_id) == []
