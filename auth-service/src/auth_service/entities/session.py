"""Sessions: a family of refresh tokens that are given out one after the other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from uuid import UUID

from auth_service.entities.device import Device


@dataclass(frozen=True)
class Session:
    """One log-in on one device, until it expires or is revoked."""

    id: UUID
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    """The last of its refresh tokens."""
    last_used_at: datetime
    """Its login or its last refresh."""
    device: Device
    revoked_at: datetime | None = None

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True)
class RefreshToken:
    """One token of a session, an opaque one."""

    token_hash: bytes
    session_id: UUID
    expires_at: datetime
    used_at: datetime | None = None
    """When it was first exchanged for the next."""


class Use(Enum):
    """What presenting a refresh token means."""

    FIRST = auto()
    """It is exchanged for the next one."""
    AGAIN_SOON = auto()
    """The answer got lost on its way, or two tabs asked at once: a sibling is given."""
    REPLAY = auto()
    """Somebody has an old token: thief or owner, nobody can tell; the family ends."""
    TOO_LATE = auto()
    """Expired, or of a session that has ended."""


def judge(token: RefreshToken, session: Session, now: datetime, grace_s: float) -> Use:
    """What a presented token means (RFC 9700, section 4.14.2; with a grace for lost answers)."""
    if not session.is_alive(now) or now >= token.expires_at:
        return Use.TOO_LATE
    if token.used_at is None:
        return Use.FIRST
    if now <= token.used_at + timedelta(seconds=grace_s):
        return Use.AGAIN_SOON
    return Use.REPLAY
