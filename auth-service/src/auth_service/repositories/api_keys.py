"""API keys in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fiapx_models.scopes import Scope
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.api_key import ApiKey
from auth_service.repositories.tables import API_KEYS, USERS

_C = API_KEYS.c


class PostgresApiKeys:
    """Implements the port `ApiKeys`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey) -> None:
        await self._connection.execute(
            API_KEYS.insert().values(
                id=key.id,
                user_id=key.user_id,
                key_hash=key.key_hash,
                beginning=key.beginning,
                name=key.name,
                scopes=sorted(key.scopes),
                created_at=key.created_at,
                expires_at=key.expires_at,
            )
        )

    async def count(self, user_id: UUID) -> int:
        counting = sa.select(sa.func.count()).select_from(API_KEYS).where(_C.user_id == user_id)
        return await self._connection.scalar(counting) or 0

    async def of(self, user_id: UUID) -> Sequence[ApiKey]:
        query = sa.select(API_KEYS).where(_C.user_id == user_id).order_by(_C.created_at.desc(), _C.id)
        return [_key(row) for row in await self._connection.execute(query)]

    async def valid(self, key_hash: bytes, now: datetime) -> ApiKey | None:
        query = (
            sa.select(API_KEYS)
            .join(USERS, USERS.c.id == _C.user_id)
            .where(
                _C.key_hash == key_hash,
                sa.or_(_C.expires_at.is_(None), _C.expires_at > now),
                USERS.c.disabled_at.is_(None),
            )
        )
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _key(row)

    async def used(self, key_id: UUID, now: datetime) -> None:
        await self._connection.execute(API_KEYS.update().where(_C.id == key_id).values(last_used_at=now))

    async def remove(self, key_id: UUID, user_id: UUID) -> bool:
        removed = await self._connection.execute(API_KEYS.delete().where(_C.id == key_id, _C.user_id == user_id))
        return removed.rowcount == 1


def _key(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        user_id=row.user_id,
        key_hash=row.key_hash,
        beginning=row.beginning,
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes)),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )
