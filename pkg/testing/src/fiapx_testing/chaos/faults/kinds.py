"""What all kinds of fault have in common."""

from collections.abc import Callable, Sequence
from typing import Protocol

from fiapx_testing.chaos.schedule import Strike

Healed = Callable[[], bool]
"""Whether what was struck is as before."""


class Kind(Protocol):
    """One kind of fault."""

    def targets(self) -> Sequence[str]:
        """Whom it can strike."""

    def strike(self, strike: Strike) -> Healed:
        """Returns when the fault is over; some last as long as is said, others have no length."""
