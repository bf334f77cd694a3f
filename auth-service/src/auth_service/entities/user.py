"""A person with an account."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID, uuid4

from fiapx_common.errors import FieldError, Invalid

from auth_service.entities.email_address import EmailAddress

MAX_NAME_CHARACTERS = 100
DEFAULT_LOCALE = "en"
_LOCALES = {"en": "en", "pt": "pt-BR"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_VERSION = 2**57
"""In the year 6536."""
_JOINERS = "\u200c\u200d"


class NameInvalid(Invalid):
    """Too long, or with characters that are not text."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_name", why, [FieldError("name", why)])


class LocaleUnknown(Invalid):
    """A language that the product does not speak."""

    def __init__(self) -> None:
        why = 'The locale must be "en" or "pt-BR".'
        super().__init__("invalid_locale", why, [FieldError("locale", why)])


@dataclass(frozen=True)
class User:
    """An account. `password_hash` names its own method and cost."""

    id: UUID
    email: EmailAddress
    name: str
    locale: str
    password_hash: str
    email_verified: bool
    created_at: datetime
    changed_at: datetime
    """Name, address, language, or whether it is verified; later with each change, whatever clocks say."""
    disabled_at: datetime | None = None
    """When operators disabled it; None: it may be used."""

    @classmethod
    def new(cls, email: EmailAddress, name: str, locale: str, password_hash: str, at: datetime) -> Self:
        """An account that begins now, its address not verified yet."""
        return cls(uuid4(), email, name, locale, password_hash, email_verified=False, created_at=at, changed_at=at)

    @property
    def version(self) -> int:
        """Another one after each change that users see."""
        return (self.changed_at - _EPOCH) // timedelta(microseconds=1)

    def told_at(self, now: datetime) -> datetime:
        """When a change that is made now has happened."""
        return max(now, self.changed_at + timedelta(microseconds=1))


def version_time(version: int) -> datetime:
    """When a user with this version was changed last; a number that can't be one stands for no moment that was."""
    return _EPOCH + timedelta(microseconds=min(max(version, 0), _LAST_VERSION))


@dataclass(frozen=True)
class ListedUser:
    """An account as operators see it in a list."""

    user: User
    sessions: int
    """Those that live."""
    last_used_at: datetime | None
    """The latest login or refresh that is still remembered."""


def read_name(text: str) -> str:
    """A name as it may stand in a mail: one line, no control or direction characters. May be empty."""
    name = unicodedata.normalize("NFC", text).strip()
    if len(name) > MAX_NAME_CHARACTERS:
        raise NameInvalid(f"The name must have at most {MAX_NAME_CHARACTERS} characters.")
    if any(unicodedata.category(each)[0] in "CZ" and each not in f" {_JOINERS}" for each in name):
        raise NameInvalid("The name must be one line of text.")
    return name


def read_locale(text: str) -> str:
    """The locale spoken for a language tag (BCP 47); none given: English."""
    if not text:
        return DEFAULT_LOCALE
    locale = _LOCALES.get(text.replace("_", "-").partition("-")[0].lower())
    if locale is None:
        raise LocaleUnknown
    return locale
