"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fiapx_common.errors import FiapxError
from fiapx_models.scopes import Scope


@dataclass(frozen=True)
class Caller:
    """A user with a session, as a verified access token says, or a program with a user's API key."""

    user_id: UUID
    session_id: UUID
    """Or the key's id."""
    expires_at: datetime
    """Until when the token, or the key, is good; whatever goes on longer than that ends then."""
    scopes: frozenset[Scope] | None = None
    """What a key may do; None: a session, which may do everything."""
    key_hash: bytes | None = None
    """SHA-256 of the key's text."""


SessionOf = tuple[UUID, UUID]
"""A user's id and the session's."""

Identity = Caller | FiapxError
"""Who asks, or why we don't know: routes that anybody may call don't mind."""


@dataclass(frozen=True)
class Jwks:
    """Public keys as RFC 7517 JSON, and how long they may be cached."""

    json: str
    max_age_s: int
