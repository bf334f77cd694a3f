"""Sessions that go on, and sessions that end."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from fiapx_common.opaque_tokens import token_hash
from fiapx_common.paging import Page, Place

from auth_service.entities.device import Device
from auth_service.entities.errors import SessionEnded
from auth_service.entities.session import Session, Use, judge
from auth_service.services.granting import Grant, Granting
from auth_service.services.liveness import Liveness
from auth_service.services.ports import UnitsOfWork

MOST_LISTED = 200
log = structlog.get_logger(__name__)


class SessionKeeping:
    """Refresh, list, log out, forget."""

    def __init__(self, units: UnitsOfWork, liveness: Liveness, granting: Granting) -> None:
        self._units = units
        self._liveness = liveness
        self._granting = granting

    async def refresh(self, refresh_token: str, device: Device) -> Grant:
        """Exchanges a refresh token for the next one.

        Raises:
            SessionEnded: unknown, expired, revoked, or used before: then the whole family is revoked.
        """
        now = datetime.now(UTC)
        presented = token_hash(refresh_token)
        async with self._units.begin() as unit:
            found = await unit.sessions.locked(presented)
            if found is None:
                raise SessionEnded
            session, token = found
            use = judge(token, session, now, self._granting.lifetimes.grace_s)
            if use is Use.REPLAY:
                await unit.sessions.revoke(session.id, session.user_id, now)
                await self._liveness.commit_ended(unit, [session.id])
                log.warning("session.replayed", session_id=session.id, user_id=session.user_id)
            if use in {Use.REPLAY, Use.TOO_LATE}:
                raise SessionEnded
            text, following = self._granting.refresh_token(session.id, now)
            grant = self._granting.grant(session, text, now)
            seen = session.device.seen_again(device)
            await unit.sessions.hand_out(following, instead_of=presented, now=now, device=seen)
            await unit.commit()
        return grant

    async def logout_token(self, refresh_token: str) -> None:
        """Ends the session of a refresh token, were it an old one; unknown ones are no error."""
        async with self._units.begin() as unit:
            found = await unit.sessions.locked(token_hash(refresh_token))
            if found is not None:
                session, _ = found
                await unit.sessions.revoke(session.id, session.user_id, datetime.now(UTC))
                await self._liveness.commit_ended(unit, [session.id])

    async def logout_session(self, session_id: UUID, user_id: UUID) -> None:
        """Ends a user's own session; one that has ended or is somebody else's is no error and stays as it is."""
        async with self._units.begin() as unit:
            if await unit.sessions.revoke(session_id, user_id, datetime.now(UTC)):
                await self._liveness.commit_ended(unit, [session_id])

    async def living(self, user_id: UUID) -> Sequence[Session]:
        """The most recently used first, at most 200."""
        async with self._units.begin() as unit:
            return await unit.sessions.living(user_id, datetime.now(UTC), MOST_LISTED)

    async def kept(self, user_id: UUID, cursor: str, limit: int) -> Page[Session]:
        """Those that have ended too, the newest first; a `limit` of 0 means 200, which is the most.

        Raises:
            Invalid: the `cursor` is none that an earlier page gave.
        """
        after = Place.read(cursor) if cursor else None
        async with self._units.begin() as unit:
            return await unit.sessions.kept(user_id, after, min(limit, MOST_LISTED) if limit > 0 else MOST_LISTED)

    async def end_others(self, session_id: UUID, user_id: UUID) -> None:
        """Ends all of a user's sessions but this one."""
        async with self._units.begin() as unit:
            ended = await unit.sessions.revoke_all(user_id, datetime.now(UTC), but=session_id)
            await self._liveness.commit_ended(unit, ended)

    async def forget_ended(self, kept_s: float) -> int:
        """Deletes sessions that ended so long ago, and links that are too old; answers how many."""
        now = datetime.now(UTC)
        async with self._units.begin() as unit:
            count = await unit.sessions.forget_ended(now - timedelta(seconds=kept_s))
            count += await unit.link_tokens.forget_expired(now)
            await unit.commit()
        return count
