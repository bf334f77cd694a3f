"""A message as a handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aio_pika.abc import AbstractIncomingMessage

ATTEMPT = "fiapx-attempt"
ERRORS = "fiapx-errors"
REASON = "fiapx-reason"
QUEUE = "fiapx-queue"
DIED_AT = "fiapx-died-at"
REDRIVES = "fiapx-redrives"


@dataclass(frozen=True)
class Message:
    """Whatever was sent: nothing about its content is checked yet."""

    id: str
    """Stable over every copy and redelivery; what an inbox remembers."""
    type: str
    subject: str
    body: bytes
    headers: Mapping[str, object]
    queue: str
    attempt: int
    """From 1; each RetryIn counts it up, a redelivery does not."""
    errors: int
    """How many of the attempts ended unexpectedly."""
    redelivered: bool
    """True: the broker sent it before; the effect may already be there."""
    time: datetime | None

    @classmethod
    def of(cls, incoming: AbstractIncomingMessage, queue: str) -> Self:
        headers: dict[str, object] = dict(incoming.headers)
        return cls(
            id=incoming.message_id or str(headers.get("cloudEvents:id", "")),
            type=str(headers.get("cloudEvents:type", incoming.type or "")),
            subject=str(headers.get("cloudEvents:subject", "")),
            body=incoming.body,
            headers=headers,
            queue=queue,
            attempt=count_of(headers.get(ATTEMPT), 1),
            errors=count_of(headers.get(ERRORS), 0),
            redelivered=bool(incoming.redelivered),
            time=incoming.timestamp,
        )


def count_of(value: object, least: int) -> int:
    """A header's number; anything else, and less, is `least`."""
    return max(value, least) if isinstance(value, int) else least
