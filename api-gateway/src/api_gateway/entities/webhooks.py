"""Endpoints of users' programs, as notification-service tells them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class WantedWebhook:
    """A wish for one."""

    url: str
    events: tuple[str, ...]
    """Empty: all that there are today."""
    description: str


@dataclass(frozen=True)
class Webhook:
    """One of them, without its secret."""

    id: UUID
    url: str
    events: tuple[str, ...]
    description: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class NewWebhook:
    """With its secret, which nobody is told again."""

    webhook: Webhook
    secret: str = field(repr=False)


@dataclass(frozen=True)
class ReceiverAnswer:
    """What a receiver said."""

    status: int
    text: str
    """The beginning."""
    duration_s: float


@dataclass(frozen=True)
class Delivery:
    """One message to one webhook, and what became of it."""

    id: UUID
    type: str
    video_id: UUID
    attempt: int
    payload: Any
    """The JSON that is sent."""
    status: str
    tries: int
    created_at: datetime
    next_try_at: datetime | None
    tried_at: datetime | None
    ended_at: datetime | None
    answer: ReceiverAnswer | None
    failure: str | None
