"""Whether sessions live: asked for each access token, so it is remembered."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from auth_service.services.ports import SessionCache, UnitOfWork, UnitsOfWork


class Liveness:
    """Truth is the row; the cache only saves reading it again."""

    def __init__(self, units: UnitsOfWork, cache: SessionCache) -> None:
        self._units = units
        self._cache = cache

    async def is_alive(self, session_id: UUID, user_id: UUID) -> bool:
        """False too for an unknown session and for somebody else's. Raises Unavailable."""
        remembered = await self._cache.read(session_id)
        if remembered is not None:
            return remembered.user_id == user_id
        now = datetime.now(UTC)
        async with self._units.begin() as unit:
            session = await unit.sessions.by_id(session_id)
        if session is None:
            return False
        if session.is_alive(now):
            await self._cache.keep_alive(session_id, session.user_id, (session.expires_at - now).total_seconds())
        elif session.revoked_at is not None:
            # one that has only expired may be going on right now by a refresh that began in time
            await self._cache.keep_ended(session_id)
        return session.is_alive(now) and session.user_id == user_id

    async def commit_ended(self, unit: UnitOfWork, session_ids: Sequence[UUID]) -> None:
        """Commits `unit`, which revoked these sessions, and makes it known everywhere."""
        await self._cache.ending(session_ids)
        await unit.commit()
        await self._cache.ended(session_ids)
