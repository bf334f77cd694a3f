"""What answers mean."""

import aiosmtplib
import pytest
from fiapx_common.errors import FiapxError
from notification_service.entities.errors import ChannelDown, LetterDeferred, LetterRefused
from notification_service.repositories.smtp_answers import verdict


def to_recipient(code: int) -> aiosmtplib.SMTPRecipientsRefused:
    return aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(code, "5.1.1 no", "a@example.com")])


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (to_recipient(550), LetterRefused),
        (to_recipient(553), LetterRefused),
        (to_recipient(450), LetterDeferred),
        (to_recipient(452), LetterDeferred),
        (to_recipient(421), ChannelDown),
        (to_recipient(530), ChannelDown),
        (aiosmtplib.SMTPDataError(554, "spam"), LetterRefused),
        (aiosmtplib.SMTPDataError(552, "too large"), LetterRefused),
        (aiosmtplib.SMTPDataError(451, "later"), LetterDeferred),
        (aiosmtplib.SMTPSenderRefused(550, "who are you", "us@example.com"), ChannelDown),
        (aiosmtplib.SMTPSenderRefused(451, "later", "us@example.com"), ChannelDown),
        (aiosmtplib.SMTPSenderRefused(552, "too large", "us@example.com"), LetterRefused),
        (aiosmtplib.SMTPSenderRefused(452, "no room", "us@example.com"), LetterDeferred),
        (aiosmtplib.SMTPNotSupported("SMTPUTF8"), LetterRefused),
        (aiosmtplib.SMTPServerDisconnected("gone"), ChannelDown),
        (aiosmtplib.SMTPReadTimeoutError("slow"), ChannelDown),
        (aiosmtplib.SMTPRecipientsRefused([]), ChannelDown),
        (ConnectionResetError(), ChannelDown),
    ],
)
def test_an_answer_is_final_or_passing_or_about_everything(answer: Exception, meaning: type[FiapxError]) -> None:
    assert type(verdict(answer)) is meaning


def test_the_servers_own_words_are_kept() -> None:
    assert verdict(to_recipient(550)).detail == "The SMTP server refuses the mail: 550 5.1.1 no."


def test_an_address_in_the_servers_words_is_left_out() -> None:
    told = verdict(aiosmtplib.SMTPDataError(554, "<ana@example.com>: user unknown")).detail
    assert told == "The SMTP server refuses the mail: 554 <…>: user unknown."
