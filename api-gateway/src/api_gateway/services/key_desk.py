"""A user's API keys."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fiapx_models.scopes import Scope

from api_gateway.entities.api_keys import ApiKey
from api_gateway.entities.callers import Caller
from api_gateway.services.ports import KeyRing


class KeyDesk:
    """What somebody may do with their keys. A key manages no keys: whoever finds one could make themselves at home."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    async def make(
        self, caller: Caller, name: str, scopes: Sequence[Scope], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which nobody can be told again."""
        return await self._keys.make(caller.user_id, name, scopes, expires_at)

    async def all(self, caller: Caller) -> Sequence[ApiKey]:
        """The newest first."""
        return await self._keys.keys(caller.user_id)

    async def revoke(self, caller: Caller, key_id: UUID) -> None:
        """For good."""
        await self._keys.revoke(caller.user_id, key_id)
