"""What links by mail need of the outside."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from auth_service.entities.link_token import LinkToken, Purpose, ResetRequest


class LinkTokens(Protocol):
    """Tokens of links that went by mail."""

    async def add(self, token: LinkToken) -> None: ...

    async def owner(self, token_hash: bytes, purpose: Purpose, now: datetime) -> UUID | None:
        """Whose token this is; None: unknown, used or too old."""
        ...

    async def spend(self, token_hash: bytes, purpose: Purpose, now: datetime) -> bool:
        """Uses it up; False: unknown, used or too old. Of several at once one gets True."""
        ...

    async def drop_of(self, user_id: UUID, purpose: Purpose) -> None:
        """All that a user has for this purpose."""
        ...

    async def forget_expired(self, now: datetime) -> int:
        """Deletes those that are too old; answers how many."""
        ...


class ResetRequests(Protocol):
    """Wishes for a new password that nobody looked at yet."""

    async def add(self, request: ResetRequest) -> None: ...

    async def drop_of(self, email_key: str) -> None:
        """All of one address."""
        ...

    async def take_oldest(self) -> ResetRequest | None:
        """Takes one that no other replica is just taking; it is gone if the unit of work is committed."""
        ...
