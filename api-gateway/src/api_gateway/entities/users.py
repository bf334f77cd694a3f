"""People and their sessions, as auth-service tells them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class User:
    """An account."""

    id: UUID
    email: str
    name: str
    locale: str
    email_verified: bool
    created_at: datetime
    version: int
    """Another one after each change."""


@dataclass(frozen=True)
class OpenSession:
    """A session that lives, and where it is used."""

    id: UUID
    user_agent: str
    client_address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """What a login or a refresh gives."""

    access_token: str
    expires_in_s: int
    refresh_token: str
    refresh_expires_in_s: int
