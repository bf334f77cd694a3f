"""Tokens of links, and wishes for a new password, in PostgreSQL."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.link_token import LinkToken, Purpose, ResetRequest
from auth_service.repositories.tables import LINK_TOKENS, RESET_REQUESTS


class PostgresLinkTokens:
    """Implements the port `LinkTokens`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, token: LinkToken) -> None:
        await self._connection.execute(
            LINK_TOKENS.insert().values(
                token_hash=token.token_hash,
                purpose=token.purpose,
                user_id=token.user_id,
                expires_at=token.expires_at,
            )
        )

    async def owner(self, token_hash: bytes, purpose: Purpose, now: datetime) -> UUID | None:
        query = sa.select(LINK_TOKENS.c.user_id).where(_valid(token_hash, purpose, now))
        found: UUID | None = await self._connection.scalar(query)
        return found

    async def spend(self, token_hash: bytes, purpose: Purpose, now: datetime) -> bool:
        spent = await self._connection.execute(LINK_TOKENS.delete().where(_valid(token_hash, purpose, now)))
        return spent.rowcount > 0

    async def drop_of(self, user_id: UUID, purpose: Purpose) -> None:
        await self._connection.execute(
            LINK_TOKENS.delete().where(LINK_TOKENS.c.user_id == user_id, LINK_TOKENS.c.purpose == purpose)
        )

    async def forget_expired(self, now: datetime) -> int:
        return (await self._connection.execute(LINK_TOKENS.delete().where(LINK_TOKENS.c.expires_at <= now))).rowcount


class PostgresResetRequests:
    """Implements the port `ResetRequests`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, request: ResetRequest) -> None:
        await self._connection.execute(
            RESET_REQUESTS.insert().values(
                id=request.id, email_key=request.email_key, requested_at=request.requested_at
            )
        )

    async def drop_of(self, email_key: str) -> None:
        await self._connection.execute(RESET_REQUESTS.delete().where(RESET_REQUESTS.c.email_key == email_key))

    async def take_oldest(self) -> ResetRequest | None:
        oldest = (
            sa.select(RESET_REQUESTS.c.id)
            .order_by(RESET_REQUESTS.c.requested_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .cte("oldest")
        )
        taken = RESET_REQUESTS.delete().where(RESET_REQUESTS.c.id == oldest.c.id).returning(RESET_REQUESTS)
        row = (await self._connection.execute(taken)).one_or_none()
        return None if row is None else ResetRequest(row.id, row.email_key, row.requested_at)


def _valid(token_hash: bytes, purpose: Purpose, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        LINK_TOKENS.c.token_hash == token_hash, LINK_TOKENS.c.purpose == purpose, LINK_TOKENS.c.expires_at > now
    )
