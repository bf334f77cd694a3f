"""What is kept of a user, as the services tell it for an export."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from api_gateway.entities.api_keys import ApiKey
from api_gateway.entities.shares import Share
from api_gateway.entities.users import OpenSession, User
from api_gateway.entities.videos import Video
from api_gateway.entities.webhooks import Delivery, Webhook

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list; `next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True)
class KeptSession(OpenSession):
    """A session, were it over."""

    ended_at: datetime | None
    """When it was ended before its time."""


@dataclass(frozen=True)
class HistoryEntry:
    """One entry of a video's record."""

    at: datetime
    fields: Any
    """Those that were new, by the names of the API."""


@dataclass(frozen=True)
class SentMail:
    """A mail, and what became of it."""

    message_id: str
    kind: str
    subject: str
    status: str
    failure: str | None
    language: str
    video_id: UUID | None
    """None: it is about no video, as is `attempt`."""
    attempt: int | None
    facts: Any
    """What its text was filled with."""
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True)
class ExportedVideo:
    """A video and its record, which is read as it is asked for, once."""

    video: Video
    history: AsyncIterator[Sequence[HistoryEntry]]


@dataclass(frozen=True)
class ExportedWebhook:
    """A webhook and the messages to it, which are read as they are asked for, once."""

    webhook: Webhook
    deliveries: AsyncIterator[Sequence[Delivery]]


@dataclass(frozen=True)
class Export:
    """All of it. What may be long is read as it is asked for, once, in the order in which it stands here."""

    at: datetime
    user: User
    api_keys: Sequence[ApiKey]
    sessions: AsyncIterator[Sequence[KeptSession]]
    videos: AsyncIterator[ExportedVideo]
    shares: AsyncIterator[Sequence[Share]]
    mails: AsyncIterator[Sequence[SentMail]]
    webhooks: AsyncIterator[ExportedWebhook]
