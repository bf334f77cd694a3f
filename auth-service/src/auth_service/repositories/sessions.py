"""Sessions in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fiapx_common.paging import Page, Place
from fiapx_common.postgres import newest_first
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_service.entities.device import Device
from auth_service.entities.session import RefreshToken, Session
from auth_service.repositories.tables import REFRESH_TOKENS, SESSIONS


class PostgresSessions:
    """Implements the port `Sessions`. A session's row is the lock of its family."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, session: Session, token: RefreshToken) -> None:
        await self._connection.execute(
            SESSIONS.insert().values(
                id=session.id,
                user_id=session.user_id,
                created_at=session.created_at,
                expires_at=session.expires_at,
                revoked_at=session.revoked_at,
                last_used_at=session.last_used_at,
                user_agent=session.device.user_agent,
                client_address=session.device.address,
            )
        )
        await self._add_token(token)

    async def by_id(self, session_id: UUID) -> Session | None:
        query = sa.select(SESSIONS).where(SESSIONS.c.id == session_id)
        row = (await self._connection.execute(query)).one_or_none()
        return None if row is None else _session(row)

    async def locked(self, token_hash: bytes) -> tuple[Session, RefreshToken] | None:
        family = sa.select(REFRESH_TOKENS.c.session_id).where(REFRESH_TOKENS.c.token_hash == token_hash)
        locked = sa.select(SESSIONS).where(SESSIONS.c.id == family.scalar_subquery()).with_for_update()
        found = (await self._connection.execute(locked)).one_or_none()
        if found is None:
            return None
        # Read after the lock is ours: whoever had it before may have used this token.
        query = sa.select(REFRESH_TOKENS).where(REFRESH_TOKENS.c.token_hash == token_hash)
        token = (await self._connection.execute(query)).one()
        return (
            _session(found),
            RefreshToken(token.token_hash, token.session_id, token.expires_at, token.used_at),
        )

    async def hand_out(self, token: RefreshToken, *, instead_of: bytes, now: datetime, device: Device) -> None:
        await self._connection.execute(
            REFRESH_TOKENS.update()
            .where(REFRESH_TOKENS.c.token_hash == instead_of, REFRESH_TOKENS.c.used_at.is_(None))
            .values(used_at=now)
        )
        await self._add_token(token)
        await self._connection.execute(
            SESSIONS.update()
            .where(SESSIONS.c.id == token.session_id)
            .values(
                expires_at=sa.func.greatest(SESSIONS.c.expires_at, token.expires_at),
                last_used_at=now,
                user_agent=device.user_agent,
                client_address=device.address,
            )
        )

    async def revoke(self, session_id: UUID, user_id: UUID, now: datetime) -> bool:
        revoked = await self._connection.execute(
            SESSIONS.update()
            .where(SESSIONS.c.id == session_id, SESSIONS.c.user_id == user_id, SESSIONS.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        return revoked.rowcount > 0

    async def revoke_all(self, user_id: UUID, now: datetime, *, but: UUID | None = None) -> Sequence[UUID]:
        living = (SESSIONS.c.user_id == user_id) & SESSIONS.c.revoked_at.is_(None)
        if but is not None:
            living &= SESSIONS.c.id != but
        revoked = SESSIONS.update().where(living).values(revoked_at=now).returning(SESSIONS.c.id)
        return (await self._connection.scalars(revoked)).all()

    async def living(self, user_id: UUID, now: datetime, most: int) -> Sequence[Session]:
        query = (
            sa.select(SESSIONS)
            .where(SESSIONS.c.user_id == user_id, SESSIONS.c.revoked_at.is_(None), SESSIONS.c.expires_at > now)
            .order_by(SESSIONS.c.last_used_at.desc(), SESSIONS.c.id)
            .limit(most)
        )
        return [_session(row) for row in await self._connection.execute(query)]

    async def kept(self, user_id: UUID, after: Place | None, limit: int) -> Page[Session]:
        own = sa.select(SESSIONS).where(SESSIONS.c.user_id == user_id)
        found = await self._connection.execute(newest_first(own, SESSIONS, after).limit(limit + 1))
        return Page.of([_session(row) for row in found], limit)

    async def forget_ended(self, before: datetime) -> int:
        ended = sa.or_(SESSIONS.c.expires_at < before, SESSIONS.c.revoked_at < before)
        return (await self._connection.execute(SESSIONS.delete().where(ended))).rowcount

    async def _add_token(self, token: RefreshToken) -> None:
        await self._connection.execute(
            REFRESH_TOKENS.insert().values(
                token_hash=token.token_hash,
                session_id=token.session_id,
                expires_at=token.expires_at,
                used_at=token.used_at,
            )
        )


def _session(row: sa.Row[Any]) -> Session:
    return Session(
        id=row.id,
        user_id=row.user_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        device=Device(row.user_agent, row.client_address),
        revoked_at=row.revoked_at,
    )
