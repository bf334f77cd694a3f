"""Letters as messages, read back by the standard library's parser."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from notification_service.entities.errors import LetterRefused
from notification_service.entities.languages import Language
from notification_service.entities.mails import Letter
from notification_service.entities.shown_text import shown
from notification_service.repositories.mime import mime_message, read_address

SENDER = read_address("no-reply@fiapx.example", "FIAP X")
LETTER = Letter(
    message_id="<video_failed.1@fiapx.example>",
    address="ana@example.com",
    name="Ana",
    language=Language.PORTUGUESE,
    subject="Olá",
    text="Olá, ção.\n",
    html="<p>Olá, ção.</p>\n",
    created_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
    traceparent=None,
)


def reread(letter: Letter) -> EmailMessage:
    message = message_from_bytes(mime_message(letter, SENDER).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_message_carries_the_letter_as_text_and_as_html() -> None:
    text, html = reread(LETTER).iter_parts()
    assert (text.get_content_type(), text.get_content().splitlines()) == ("text/plain", ["Olá, ção."])
    assert (html.get_content_type(), html.get_content().splitlines()) == ("text/html", ["<p>Olá, ção.</p>"])


def test_a_message_names_itself_its_time_its_language_and_that_no_answer_is_wanted() -> None:
    message = reread(LETTER)
    assert message["Message-ID"] == "<video_failed.1@fiapx.example>"
    assert message["Date"].datetime == LETTER.created_at
    assert message["Content-Language"] == "pt-BR"
    assert message["Auto-Submitted"] == "auto-generated"


@given(st.text(max_size=300))
@example("0" * 30 + " 00¡" + "\u0800" * 9 + "\u0898" * 2 + " ¡")
def test_any_subject_and_name_arrive_as_they_are_shown_and_add_no_header(text: str) -> None:
    line = shown(text, 100)
    message = reread(replace(LETTER, subject=f"Ready: {line}", name=line))
    assert message["Subject"].split() == f"Ready: {line}".split()
    assert [mailbox.addr_spec for mailbox in message["To"].addresses] == ["ana@example.com"]
    assert sorted(message.keys()) == sorted(reread(LETTER).keys())


def test_every_line_is_short_enough_for_smtp_and_ascii() -> None:
    long = replace(LETTER, subject="日" * 100, text="é" * 5000, html="é" * 5000)
    raw = mime_message(long, SENDER).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998


@pytest.mark.parametrize("separator", ["\r\n", "\n", "\r"])
def test_a_subject_with_a_line_break_never_becomes_a_header(separator: str) -> None:
    with pytest.raises(ValueError, match=r"header|Header|linefeed"):
        mime_message(replace(LETTER, subject=f"a{separator}Bcc: b@example.com"), SENDER)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "@example.com",
        "ana@",
        "ana@example.com, eve@example.com",
        "ana@example.com\r\nRCPT TO:<eve@example.com>",
        "ana@example.com> SIZE=1",
        "a b@example.com",
        '"a b"@example.com',
        "ana@exa\u00admple..com",
        "ana@" + "x" * 70 + "é.com",
        "a..b.@example.com",
        "(comment)ana@example.com",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(LetterRefused):
        read_address(address)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("ana+tag@example.com", "ana+tag@example.com"),
        ("ana@exämple.com", "ana@xn--exmple-cua.com"),
        ("josé@example.com", "josé@example.com"),
    ],
)
def test_an_address_is_read(address: str, read: str) -> None:
    assert read_address(address).addr_spec == read


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        read = read_address(text)
    except LetterRefused:
        return
    assert "@" in read.addr_spec
    assert not set(read.addr_spec) & set("\r\n<> ")
