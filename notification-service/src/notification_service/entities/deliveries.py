"""One message to one endpoint: pending until its receiver takes it or it is given up; when it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final
from uuid import UUID

SCHEDULE_S: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""After the first try and each further one, as Standard Webhooks proposes: ten tries within some three days."""
_JITTER: Final = 0.2
_LONGEST_ASKED_S: Final = 86_400.0
_LONGEST_REST_S: Final = 60.0
_SUCCESSES: Final = range(200, 300)
_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_KEPT_CHARACTERS: Final = 1024


class DeliveryStatus(StrEnum):
    """Pending becomes delivered or failed; asked for again, either becomes pending."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Verdict(StrEnum):
    """What an answer means."""

    TAKEN = "taken"
    GONE = "gone"
    """The receiver wants nothing any more, ever."""
    LATER = "later"


@dataclass(frozen=True)
class PublicEvent:
    """What happened, as receivers are told it. There is never more than one delivery of it to an endpoint."""

    type: str
    video_id: UUID
    attempt: int
    body: str
    """JSON."""


@dataclass(frozen=True)
class DueDelivery:
    """Pending, and now in the hands of one sender, as its endpoint is."""

    id: UUID
    """The message's id too: `webhook-id`."""
    webhook_id: UUID
    url: str
    secret: bytes = field(repr=False)
    type: str
    body: str = field(repr=False)
    traceparent: str | None
    tries: int
    """This one included. Tells this sender from one that had it before."""
    retry: int
    """Which try since it was queued, or asked for again: from 1."""
    age_s: float


@dataclass(frozen=True)
class ReceiverAnswer:
    """What a receiver said."""

    status: int
    text: str
    """The beginning."""
    duration_s: float
    retry_after_s: float | None = None

    @property
    def verdict(self) -> Verdict:
        """A redirect is no success: it is never followed."""
        if self.status in _SUCCESSES:
            return Verdict.TAKEN
        return Verdict.GONE if self.status == HTTPStatus.GONE else Verdict.LATER


@dataclass(frozen=True)
class DeliveryRecord:
    """What became of a delivery."""

    id: UUID
    webhook_id: UUID
    event: PublicEvent
    status: DeliveryStatus
    tries: int
    created_at: datetime
    due_at: datetime
    """Of the next try, while it is pending."""
    tried_at: datetime | None
    ended_at: datetime | None
    answer: ReceiverAnswer | None
    """Of the last try, if there was one."""
    failure: str | None
    """Why the last try was none."""


def wait_s(retry: int, asked_s: float | None, chance: float, schedule_s: Sequence[float] = SCHEDULE_S) -> float | None:
    """How long to wait after a try that failed; None: it was the last one.

    Args:
        retry: which try it was, from 1.
        asked_s: what the receiver asks for; heeded up to a day, and never to come sooner.
        chance: 0 to 1, for the jitter: up to a fifth longer, so that what failed at once does not come again at once.
        schedule_s: the waits.
    """
    if retry > len(schedule_s):
        return None
    planned_s = schedule_s[retry - 1] * (1 + _JITTER * chance)
    return max(planned_s, min(asked_s or 0.0, _LONGEST_ASKED_S))


def rest_s(waits_s: float | None) -> float:
    """How long the endpoint is left alone after a try that failed, other messages to it too."""
    return _LONGEST_REST_S if waits_s is None else min(waits_s, _LONGEST_REST_S)


def read_answer(status: int, headers: Mapping[str, str], beginning: bytes, duration_s: float) -> ReceiverAnswer:
    """An answer as it is kept; `headers` by names in lower case."""
    asked = headers.get("retry-after") if status in _BUSY else None
    text = beginning.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return ReceiverAnswer(status, text[:_KEPT_CHARACTERS], duration_s, _retry_after_s(asked))


def _retry_after_s(asked: str | None) -> float | None:
    """Seconds or a date (RFC 9110, 10.2.3); what cannot be read is not heeded."""
    if asked is None:
        return None
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_ASKED_S)
    try:
        moment = parsedate_to_datetime(asked)
        return max((moment.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, OverflowError):
        return None
