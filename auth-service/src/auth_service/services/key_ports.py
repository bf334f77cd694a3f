"""What the use cases of API keys need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from auth_service.entities.api_key import ApiKey


class ApiKeys(Protocol):
    """Keys that are good or have expired; revoked ones are gone."""

    async def add(self, key: ApiKey) -> None: ...

    async def count(self, user_id: UUID) -> int: ...

    async def of(self, user_id: UUID) -> Sequence[ApiKey]:
        """A user's, the newest first."""
        ...

    async def valid(self, key_hash: bytes, now: datetime) -> ApiKey | None:
        """None too where its owner is disabled."""
        ...

    async def used(self, key_id: UUID, now: datetime) -> None:
        """Notes when."""
        ...

    async def remove(self, key_id: UUID, user_id: UUID) -> bool:
        """False where the user has no such key."""
        ...
