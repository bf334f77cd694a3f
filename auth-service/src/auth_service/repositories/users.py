"""Users in PostgreSQL."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.email_address import EmailAddress
from auth_service.entities.errors import EmailTaken
from auth_service.entities.user import User, version_time
from auth_service.repositories.tables import USERS


class PostgresUsers:
    """Implements the port `Users`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, user: User) -> None:
        statement = (
            postgresql.insert(USERS)
            .values(
                id=user.id,
                email=user.email.text,
                email_key=user.email.key,
                name=user.name,
                locale=user.locale,
                password_hash=user.password_hash,
                email_verified=user.email_verified,
                created_at=user.created_at,
                changed_at=user.changed_at,
            )
            .on_conflict_do_nothing(index_elements=[USERS.c.email_key])
            .returning(USERS.c.id)
        )
        if await self._connection.scalar(statement) is None:
            raise EmailTaken

    async def by_email(self, email: EmailAddress) -> User | None:
        return await self._one(sa.select(USERS).where(USERS.c.email_key == email.key))

    async def by_id(self, user_id: UUID) -> User | None:
        return await self._one(sa.select(USERS).where(USERS.c.id == user_id))

    async def locked(self, user_id: UUID) -> User | None:
        return await self._one(sa.select(USERS).where(USERS.c.id == user_id).with_for_update())

    async def locked_by_key(self, email_key: str) -> User | None:
        return await self._one(sa.select(USERS).where(USERS.c.email_key == email_key).with_for_update())

    async def verify(self, user_id: UUID, at: datetime) -> None:
        verified = USERS.update().where(USERS.c.id == user_id).values(email_verified=True, changed_at=at)
        await self._connection.execute(verified)

    async def change(self, user: User, versions: Collection[int] | None) -> bool:
        wanted = [USERS.c.id == user.id]
        if versions is not None:
            wanted.append(USERS.c.changed_at.in_([version_time(version) for version in versions]))
        changed = await self._connection.execute(
            USERS.update().where(*wanted).values(name=user.name, locale=user.locale, changed_at=user.changed_at)
        )
        return changed.rowcount == 1

    async def rehash(self, user_id: UUID, password_hash: str) -> None:
        await self._connection.execute(USERS.update().where(USERS.c.id == user_id).values(password_hash=password_hash))

    async def disable(self, user_id: UUID, now: datetime) -> None:
        still_enabled = (USERS.c.id == user_id, USERS.c.disabled_at.is_(None))
        await self._connection.execute(USERS.update().where(*still_enabled).values(disabled_at=now))

    async def enable(self, user_id: UUID) -> None:
        await self._connection.execute(USERS.update().where(USERS.c.id == user_id).values(disabled_at=None))

    async def remove(self, user_id: UUID) -> None:
        await self._connection.execute(USERS.delete().where(USERS.c.id == user_id))

    async def _one(self, query: sa.Select[Any]) -> User | None:
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else user_of(row)


def user_of(row: sa.Row[Any]) -> User:
    """A row of `users` as the entity."""
    return User(
        id=row.id,
        email=EmailAddress(row.email),
        name=row.name,
        locale=row.locale,
        password_hash=row.password_hash,
        email_verified=row.email_verified,
        created_at=row.created_at,
        changed_at=row.changed_at,
        disabled_at=row.disabled_at,
    )
