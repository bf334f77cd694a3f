"""API keys: made, listed, revoked, and asked for with each call that presents one."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from fiapx_common.opaque_tokens import token_hash

from auth_service.entities.api_key import MOST_KEYS, ApiKey, beginning_of, new_key_text, read_wish
from auth_service.entities.errors import ApiKeyNotFound, TooManyApiKeys, UserNotFound
from auth_service.services.ports import UnitsOfWork

_NOTED_EVERY: Final = timedelta(minutes=5)
"""A key's last use: each call would else write a row."""
log = structlog.get_logger(__name__)


class KeyKeeping:
    """A user's API keys."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def make(
        self, user_id: UUID, name: str, scopes: Collection[str], expires_at: datetime | None
    ) -> tuple[ApiKey, str]:
        """A new key and its text, which nobody can be told again.

        Raises:
            Invalid: there can be no such key.
            UserNotFound, TooManyApiKeys.
        """
        now = datetime.now(UTC)
        wish, text = read_wish(name, scopes, expires_at, now), new_key_text()
        key = ApiKey(
            id=uuid4(),
            user_id=user_id,
            key_hash=token_hash(text),
            beginning=beginning_of(text),
            name=wish.name,
            scopes=wish.scopes,
            created_at=now,
            expires_at=wish.expires_at,
        )
        async with self._units.begin() as unit:
            if await unit.users.locked(user_id) is None:
                raise UserNotFound
            if await unit.api_keys.count(user_id) >= MOST_KEYS:
                raise TooManyApiKeys(MOST_KEYS)
            await unit.api_keys.add(key)
            await unit.commit()
        log.info("api_key.made", user_id=user_id, api_key_id=key.id)
        return key, text

    async def of(self, user_id: UUID) -> Sequence[ApiKey]:
        """The newest first, those too that have expired."""
        async with self._units.begin() as unit:
            return await unit.api_keys.of(user_id)

    async def revoke(self, key_id: UUID, user_id: UUID) -> None:
        """For good, at once.

        Raises:
            ApiKeyNotFound: the user has none of this id.
        """
        async with self._units.begin() as unit:
            if not await unit.api_keys.remove(key_id, user_id):
                raise ApiKeyNotFound
            await unit.commit()
        log.info("api_key.revoked", user_id=user_id, api_key_id=key_id)

    async def valid(self, key_hash: bytes) -> ApiKey | None:
        """The key whose text has this hash, if it is good now; notes that it is used."""
        now = datetime.now(UTC)
        async with self._units.begin() as unit:
            key = await unit.api_keys.valid(key_hash, now)
            if key is not None and (key.last_used_at is None or now - key.last_used_at > _NOTED_EVERY):
                await unit.api_keys.used(key.id, now)
                await unit.commit()
        return key
