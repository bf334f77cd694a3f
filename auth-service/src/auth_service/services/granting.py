"""What a session gets: an access token and a refresh token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from fiapx_common.opaque_tokens import new_token, token_hash

from auth_service.entities.session import RefreshToken, Session
from auth_service.services.signing import Signing


@dataclass(frozen=True)
class Lifetimes:
    """How long what is granted is good for."""

    access_ttl_s: int
    refresh_ttl_s: int
    grace_s: float
    """A refresh token may be presented again for so long, should the answer have got lost."""


@dataclass(frozen=True)
class Grant:
    """Both tokens as they go to the client, the only time that the refresh token is seen."""

    access_token: str
    refresh_token: str
    access_ttl_s: int
    refresh_ttl_s: int


class Granting:
    """Makes grants."""

    def __init__(self, signing: Signing, lifetimes: Lifetimes) -> None:
        self._signing = signing
        self.lifetimes = lifetimes

    def refresh_token(self, session_id: UUID, now: datetime) -> tuple[str, RefreshToken]:
        """A fresh token's text, and what is kept of it."""
        text = new_token()
        expires_at = now + timedelta(seconds=self.lifetimes.refresh_ttl_s)
        return text, RefreshToken(token_hash(text), session_id, expires_at)

    def grant(self, session: Session, refresh_token: str, now: datetime) -> Grant:
        """The access token names user and session."""
        ttl_s = self.lifetimes.access_ttl_s
        access_token = self._signing.sign(session.user_id, session.id, ttl_s, now)
        return Grant(access_token, refresh_token, ttl_s, self.lifetimes.refresh_ttl_s)
