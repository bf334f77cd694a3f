"""Words and layout."""

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from fiapx_models.events import MailedLink
from fiapx_models.media import Failure
from notification_service.entities.errors import LetterRefused
from notification_service.entities.facts import completed_facts, failed_facts, link_facts
from notification_service.entities.languages import Language
from notification_service.entities.mails import DueMail, Facts, MailKind, Outcome
from notification_service.entities.recipients import Recipient
from notification_service.repositories.letter_writer import TemplateLetterWriter
from notification_service.repositories.sentences import TEMPLATES

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
VIDEO = uuid4()
WRITER = TemplateLetterWriter("https://frames.example/")
FAILURE = Failure(code="damaged", message="It is damaged & <b>cut</b>.", hint="Send it again.")
EVERYTHING = [(kind, language) for kind in MailKind for language in Language]


def facts_of(kind: MailKind, language: Language, filename: str = "a.mp4", frame_count: int = 3) -> Facts:
    if kind is MailKind.VIDEO_COMPLETED:
        return completed_facts(VIDEO, filename, frame_count, 0)
    if kind is MailKind.VIDEO_FAILED:
        return failed_facts(VIDEO, filename, FAILURE, language)
    return link_facts(MailedLink(token="T0-k_n", requested_at=NOW, expires_at=NOW + timedelta(hours=3)))


def due(kind: MailKind, language: Language, facts: Facts, name: str = "Ana") -> DueMail:
    outcome = Outcome(kind, VIDEO, 1)
    return DueMail(
        id=uuid4(),
        outcome=outcome,
        recipient=Recipient(uuid4(), "ana@example.com", name, language),
        language=language,
        facts=facts,
        subject=WRITER.subject(kind, language, facts),
        message_id=outcome.message_id("fiapx.example"),
        traceparent=None,
        tries=1,
        created_at=datetime.now(UTC),
        age_s=0,
    )


class Reader(HTMLParser):
    """What a browser would show, and where links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("kind", "language"), EVERYTHING)
def test_html_and_text_say_the_same(kind: MailKind, language: Language) -> None:
    letter = WRITER.write(due(kind, language, facts_of(kind, language)))
    shown = Reader(letter.html)
    paragraphs = [line for line in letter.text.splitlines() if line.strip() and line != "-- "]
    for paragraph in paragraphs:
        assert paragraph.removesuffix(":") in shown.text + "".join(shown.links)


@pytest.mark.parametrize(("kind", "language"), EVERYTHING)
def test_nothing_is_loaded_from_elsewhere(kind: MailKind, language: Language) -> None:
    shown = Reader(WRITER.write(due(kind, language, facts_of(kind, language))).html)
    assert {link.split("/")[2] for link in shown.links} == {"frames.example"}
    assert not shown.tags & {"img", "script", "link", "iframe", "form"}


@pytest.mark.parametrize(("kind", "language"), EVERYTHING)
def test_no_placeholder_is_left(kind: MailKind, language: Language) -> None:
    letter = WRITER.write(due(kind, language, facts_of(kind, language)))
    assert not any(mark in part for mark in ("{{", "{%", "<mj-") for part in (letter.subject, letter.text, letter.html))


@pytest.mark.parametrize(("kind", "language"), EVERYTHING)
def test_the_html_names_its_language(kind: MailKind, language: Language) -> None:
    assert f'lang="{language}"' in WRITER.write(due(kind, language, facts_of(kind, language))).html


def test_what_users_and_engines_say_is_escaped_in_html_and_plain_in_text() -> None:
    name = '<script>alert("x")</script>.mp4'
    facts = facts_of(MailKind.VIDEO_FAILED, Language.ENGLISH, name)
    letter = WRITER.write(due(MailKind.VIDEO_FAILED, Language.ENGLISH, facts))
    assert not Reader(letter.html).tags & {"script", "b"}
    assert name in Reader(letter.html).text
    assert f"your video {name}." in letter.text


@pytest.mark.parametrize(
    ("language", "frame_count", "words"),
    [
        (Language.ENGLISH, 1, "1 frame is waiting"),
        (Language.ENGLISH, 0, "0 frames are waiting"),
        (Language.ENGLISH, 100_000, "100,000 frames are waiting"),
        (Language.PORTUGUESE, 1, "1 quadro espera"),
        (Language.PORTUGUESE, 100_000, "100.000 quadros esperam"),
    ],
)
def test_numbers_are_written_as_in_the_language(language: Language, frame_count: int, words: str) -> None:
    facts = facts_of(MailKind.VIDEO_COMPLETED, language, frame_count=frame_count)
    assert words in WRITER.write(due(MailKind.VIDEO_COMPLETED, language, facts)).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (MailKind.WELCOME, "verify-email"),
        (MailKind.EMAIL_VERIFICATION, "verify-email"),
        (MailKind.RESET, "reset-password"),
    ],
)
def test_a_token_stands_where_no_server_sees_it(kind: MailKind, page: str, language: Language) -> None:
    letter = WRITER.write(due(kind, language, facts_of(kind, language)))
    link = f"https://frames.example/{page}#token=T0-k_n"
    assert Reader(letter.html).links == [link]
    assert f"\n{link}\n" in letter.text
    assert "3 ho" in letter.text


def test_a_welcome_without_a_link_leads_to_the_page() -> None:
    letter = WRITER.write(due(MailKind.WELCOME, Language.ENGLISH, {}))
    assert "Upload a video:\nhttps://frames.example\n" in letter.text


def test_somebody_without_a_name_is_greeted_all_the_same() -> None:
    letter = WRITER.write(due(MailKind.WELCOME, Language.PORTUGUESE, {}, name=""))
    assert letter.text.startswith("Olá!\n")


def test_facts_that_a_template_lacks_refuse_the_letter() -> None:
    mail = due(MailKind.VIDEO_COMPLETED, Language.ENGLISH, facts_of(MailKind.VIDEO_COMPLETED, Language.ENGLISH))
    with pytest.raises(LetterRefused):
        WRITER.write(replace(mail, facts={"filename": "a.mp4"}))


def test_every_language_has_the_same_sentences() -> None:
    told = [tomllib.loads((TEMPLATES / f"{language}.toml").read_text(encoding="utf-8")) for language in Language]
    shapes = [
        {
            (section, key, len(value) if isinstance(value, list) else 1)
            for section in one
            for key, value in one[section].items()
        }
        for one in told
    ]
    assert shapes[0] == shapes[1]
    assert set(told[0]) == {"common", *MailKind}
