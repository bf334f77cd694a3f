"""A lease: who may work on something now, and how many times that may go wrong."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

CHARGED_AT_MOST: Final = 3
"""Decoders that crash or hang: the third ends the job."""
LOST_AT_MOST: Final = 10
"""Workers that vanish while at it: below this nobody is blamed, the tenth ends the job."""


@dataclass(frozen=True)
class Lease:
    """The right to work on something, for as long as it is renewed. `attempt` is the fencing token."""

    holder: str
    attempt: int


@dataclass(frozen=True)
class Tally:
    """What has gone wrong so far with one piece of work."""

    charged: int = 0
    lost: int = 0

    @property
    def is_hopeless(self) -> bool:
        return self.charged >= CHARGED_AT_MOST or self.lost >= LOST_AT_MOST


class NotTaken(Enum):
    """Why a message's work was not begun."""

    BUSY = "somebody is at it"
    """A copy that was never delivered before (sent twice, or by the net) does not disturb a holder at work. After a
    redelivery the holder's connection is known to be gone, and its lease is taken at once."""
    NOT_WANTED = "done before, or no longer wanted"
