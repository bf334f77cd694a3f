"""What is remembered of requests that may be sent again."""

from datetime import timedelta
from typing import Protocol

from upload_service.entities.idempotency import Claim, Made


class IdempotencyKeys(Protocol):
    """The keys as one transaction sees them. All moments are the database's, whatever the processes' clocks say."""

    async def claim(self, claim: Claim, lease: timedelta) -> Made | None:
        """Takes a key that nobody holds, for so long; or answers what the request has made already.

        A try that is just claiming it is waited for.

        Raises:
            IdempotencyKeyInUse: another try holds it.
        """

    async def renew(self, claim: Claim, lease: timedelta) -> None:
        """Holds the key for so long from now, unless it has gone to another try."""

    async def settle(self, claim: Claim, made: Made, keep: timedelta) -> None:
        """The request has made something, in this transaction; that is remembered for so long.

        Raises:
            IdempotencyKeyInUse: the claim had expired, and the key has gone to another try.
        """

    async def release(self, claim: Claim) -> None:
        """Nothing was made: the key is as good as new. Changes nothing once it is settled, or another try's."""

    async def forget(self) -> int:
        """Drops what has expired; answers how many."""
