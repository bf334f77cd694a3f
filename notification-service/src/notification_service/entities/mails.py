"""A mail's life: queued with its outcome, sent once, or given up with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from notification_service.entities.languages import Language
from notification_service.entities.recipients import Recipient

Facts = Mapping[str, str | int]
"""What a template is filled with."""

SECRET_FACTS: Final = ("token",)
"""Kept only until the mail is sent or given up."""


class MailKind(StrEnum):
    """What it tells."""

    WELCOME = "welcome"
    EMAIL_VERIFICATION = "email_verification"
    RESET = "password_reset"
    VIDEO_COMPLETED = "video_completed"
    VIDEO_FAILED = "video_failed"


_ABOUT_VIDEOS: Final = frozenset({MailKind.VIDEO_COMPLETED, MailKind.VIDEO_FAILED})


class MailStatus(StrEnum):
    """Queued may become sent or failed; both are final."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class Outcome:
    """What a mail is about. There is never more than one mail for an outcome."""

    kind: MailKind
    about: UUID
    """The video, for a welcome the user, for a link its request."""
    attempt: int
    """Of the video, from 1; 1 for all others."""

    @property
    def video_id(self) -> UUID | None:
        """The video that it is about, if any."""
        return self.about if self.kind in _ABOUT_VIDEOS else None

    def message_id(self, domain: str) -> str:
        """RFC 5322 Message-ID, always the same: a mail that is sent twice after a crash can be recognised."""
        return f"<{self.kind}.{self.about}.{self.attempt}@{domain}>"


@dataclass(frozen=True)
class NewMail:
    """To be queued."""

    outcome: Outcome
    user_id: UUID
    language: Language
    facts: Facts
    subject: str


@dataclass(frozen=True)
class DueMail:
    """Queued, and now in the hands of one sender."""

    id: UUID
    outcome: Outcome
    recipient: Recipient
    language: Language
    facts: Facts
    subject: str
    message_id: str
    traceparent: str | None
    """The trace of the outcome (W3C)."""
    tries: int
    """This one included. Tells this sender from one that had it before."""
    created_at: datetime
    age_s: float


@dataclass(frozen=True)
class Letter:
    """A mail as it goes out: the same thing twice, as text and as HTML."""

    message_id: str
    address: str
    name: str
    language: Language
    subject: str
    text: str
    html: str
    created_at: datetime
    traceparent: str | None


@dataclass(frozen=True)
class MailRecord:
    """What became of a mail."""

    id: UUID
    message_id: str
    outcome: Outcome
    language: Language
    facts: Facts
    """Without secrets."""
    subject: str
    status: MailStatus
    failure: str | None
    """Why it was given up."""
    created_at: datetime
    sent_at: datetime | None
