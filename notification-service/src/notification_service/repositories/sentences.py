"""The sentences of each language and kind of mail, compiled once from `templates/*.toml`."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from notification_service.entities.languages import Language
from notification_service.entities.mails import MailKind

TEMPLATES: Final = files("notification_service.repositories") / "templates"
_COMMON: Final = "common"


@dataclass(frozen=True)
class Sentences:
    """One kind of mail in one language. Each template takes the mail's facts, `name` and `public_url`."""

    subject: Template
    preview: Template
    greeting: Template
    lines: tuple[Template, ...]
    """Those that come out empty are left out."""
    link: Template
    button: Template
    reference: Template
    footer: Template


def plain_environment() -> Environment:
    """For text: nothing is escaped. A fact that is missing is an error."""
    return Environment(autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701


def html_environment() -> Environment:
    """For HTML: every fact is escaped."""
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def load_sentences(environment: Callable[[], Environment]) -> Mapping[tuple[Language, MailKind], Sentences]:
    """All of them, compiled once in a process. Raises KeyError where a language lacks a kind or a sentence."""
    return {
        (language, kind): sentences
        for language in Language
        for kind, sentences in _load(language, environment()).items()
    }


def _load(language: Language, environment: Environment) -> dict[MailKind, Sentences]:
    told = tomllib.loads((TEMPLATES / f"{language}.toml").read_text(encoding="utf-8"))
    common = told[_COMMON]
    environment.filters["number"] = _Number(common["thousands"])
    return {kind: _compile({**common, **told[kind]}, environment) for kind in MailKind}


def _compile(told: dict[str, Any], environment: Environment) -> Sentences:
    return Sentences(
        subject=environment.from_string(told["subject"]),
        preview=environment.from_string(told["preview"]),
        greeting=environment.from_string(told["greeting"]),
        lines=tuple(map(environment.from_string, told["lines"])),
        link=environment.from_string(told["link"]),
        button=environment.from_string(told["button"]),
        reference=environment.from_string(told["reference"]),
        footer=environment.from_string(told["footer"]),
    )


class _Number:
    """Groups a whole number's digits by threes."""

    def __init__(self, thousands: str) -> None:
        self._thousands = thousands

    def __call__(self, value: int) -> str:
        return f"{int(value):,}".replace(",", self._thousands)
