"""How often somebody may ask."""

from dataclasses import dataclass
from enum import Enum, auto


class Door(Enum):
    """Where somebody asks."""

    API = auto()
    """Counted by user, by address where nobody is known."""
    SIGNING_IN = auto()
    """Counted by address."""
    SHARES = auto()
    """Where a link is enough. Counted by address, whoever asks."""


@dataclass(frozen=True)
class RatePolicy:
    """At most `limit` requests in any `window_s` seconds."""

    name: str
    limit: int
    window_s: int


@dataclass(frozen=True)
class Quota:
    """What is left of a policy after a request, and whether that request was still within it."""

    policy: RatePolicy
    allowed: bool
    remaining: int
    reset_s: float
    """Until the oldest counted request no longer counts."""
