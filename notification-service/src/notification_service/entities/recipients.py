"""Who gets mails."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from notification_service.entities.languages import Language, language_of
from notification_service.entities.shown_text import shown

_LONGEST_NAME: Final = 60
_LINK: Final = re.compile(r"[:/@\\]|\bwww\b|\w\.\w")
"""Somebody may sign up with another's address and put an advertisement into the name."""


@dataclass(frozen=True)
class Recipient:
    """A user as mails need them."""

    user_id: UUID
    email: str
    name: str
    locale: str

    @property
    def language(self) -> Language:
        """What we write to them in."""
        return language_of(self.locale)

    @property
    def greeting_name(self) -> str:
        """The name to greet by; empty where there is none, or where it looks like a link."""
        name = shown(self.name, _LONGEST_NAME)
        return "" if _LINK.search(name) else name
