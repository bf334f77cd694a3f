"""Letters from templates: the same sentences as text and, in a layout that was MJML, as HTML."""

from typing import Any, Final

from jinja2 import TemplateError
from markupsafe import Markup
from mjml import mjml2html

from notification_service.entities.errors import LetterRefused
from notification_service.entities.languages import Language
from notification_service.entities.mails import DueMail, Facts, Letter, MailKind
from notification_service.repositories.sentences import (
    TEMPLATES,
    Sentences,
    html_environment,
    load_sentences,
    plain_environment,
)

_USER_TYPED: Final = ("filename", "name")


class TemplateLetterWriter:
    """Compiles everything when it is made. A port's `LetterWriter`."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._plain = load_sentences(plain_environment)
        self._marked_up = load_sentences(html_environment)
        layout = (TEMPLATES / "layout.mjml").read_text(encoding="utf-8")
        # no fonts: opening a mail must tell no third party
        self._html = html_environment().from_string(mjml2html(layout, disable_comments=False, fonts={}))
        self._text = plain_environment().from_string((TEMPLATES / "layout.txt").read_text(encoding="utf-8"))

    def subject(self, kind: MailKind, language: Language, facts: Facts) -> str:
        return self._plain[language, kind].subject.render(self._given(facts, ""))

    def write(self, mail: DueMail) -> Letter:
        key = (mail.language, mail.outcome.kind)
        given = self._given(mail.facts, mail.recipient.greeting_name)
        isolated = given | {name: _isolated(given[name]) for name in _USER_TYPED if given.get(name)}
        try:
            text = self._text.render(_filled(self._plain[key], given))
            frame = {"language": mail.language, "subject": mail.subject}
            html = self._html.render(_filled(self._marked_up[key], isolated, Markup) | frame)
        except TemplateError as error:
            raise LetterRefused(f"The template can't be filled: {error}") from error
        return Letter(
            message_id=mail.message_id,
            address=mail.recipient.email,
            name=mail.recipient.greeting_name,
            language=mail.language,
            subject=mail.subject,
            text=text,
            html=html,
            created_at=mail.created_at,
            traceparent=mail.traceparent,
        )

    def _given(self, facts: Facts, name: str) -> dict[str, Any]:
        return {**facts, "name": name, "public_url": self._public_url}


def _isolated(text: str) -> Markup:
    """So that a name in Hebrew or Arabic does not reorder the words around it."""
    return Markup("<bdi>{}</bdi>").format(text)


def _filled(sentences: Sentences, given: dict[str, Any], kind: type[str] = str) -> dict[str, Any]:
    lines = [kind(line.render(given)) for line in sentences.lines]
    return {
        "preview": kind(sentences.preview.render(given)),
        "greeting": kind(sentences.greeting.render(given)),
        "lines": [line for line in lines if line],
        "link": kind(sentences.link.render(given)),
        "button": kind(sentences.button.render(given)),
        "reference": kind(sentences.reference.render(given)),
        "footer": kind(sentences.footer.render(given)),
    }
