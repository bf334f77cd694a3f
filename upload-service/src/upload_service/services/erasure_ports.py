"""What is remembered of users who are no more."""

from typing import Protocol
from uuid import UUID


class ErasedUsers(Protocol):
    """As one transaction sees them."""

    async def add(self, user_id: UUID) -> None:
        """From now on this user is no more; whoever adds a video looks here, under the lock of the user's usage."""

    async def has(self, user_id: UUID) -> bool:
        """Whether this user is no more."""

    async def purge(self, limit: int) -> int:
        """Of at most so many users: drops the rows of videos of which the store has nothing; answers how many."""
