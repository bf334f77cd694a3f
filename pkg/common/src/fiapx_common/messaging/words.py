"""What a handler answers about a message. `settling` turns each word into acks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fiapx_common.messaging.message import Message


@dataclass(frozen=True)
class Done:
    """The effect is committed."""


@dataclass(frozen=True)
class Skipped:
    """There was nothing to do: seen before, or no longer wanted."""

    reason: str


@dataclass(frozen=True)
class RetryIn:
    """Not now; again after at least `seconds` (rounded up to 1, 5, 30 or 120)."""

    seconds: float
    reason: str
    unexpected: bool = False
    """Counts towards the consumer's `max_errors`."""


@dataclass(frozen=True)
class GaveUp:
    """It will never work: to the dead letters."""

    reason: str


@dataclass(frozen=True)
class HandedBack:
    """Unfinished because this process stops: a copy for somebody else, not charged as an attempt."""


Word = Done | Skipped | RetryIn | GaveUp | HandedBack
Handler = Callable[[Message], Awaitable[Word]]
