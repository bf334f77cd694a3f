"""How long to wait before the next try."""

from typing import Final

_DEFERRED_S: Final = (30, 120, 600, 1800, 3600)
"""A server that defers one mail (greylisting, a full mailbox) is not to be pressed."""
_OUTAGE_S: Final = (0.5, 1, 2, 5)
"""Short at the end too: mails are to pass within seconds after the server is back."""
_UNKNOWN_S: Final = (1, 5, 30, 120)
_MOST_TRIES_FOR_UNKNOWN: Final = 720


def deferral_wait_s(tries: int) -> float:
    """After `tries` (from 1) ended with "not now"."""
    return _step(_DEFERRED_S, tries)


def outage_wait_s(outages: int) -> float:
    """After `outages` (from 1) in a row during which nothing passed."""
    return _step(_OUTAGE_S, outages)


def unknown_recipient_wait_s(attempt: int) -> float | None:
    """After `attempt` (from 1) found no such user; None after a day: the sign-up's event will not come by itself."""
    return None if attempt > _MOST_TRIES_FOR_UNKNOWN else _step(_UNKNOWN_S, attempt)


def _step(waits_s: tuple[float, ...], number: int) -> float:
    return waits_s[min(number, len(waits_s)) - 1]
