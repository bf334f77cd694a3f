"""Who is asking."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fiapx_common.errors import FiapxError


@dataclass(frozen=True)
class Caller:
    """A user with a session, as a verified access token says."""

    user_id: UUID
    session_id: UUID
    expires_at: datetime
    """Until when the token says so; whatever goes on longer than that ends then."""


Identity = Caller | FiapxError
"""Who asks, or why we don't know: routes that anybody may call don't mind."""


@dataclass(frozen=True)
class Jwks:
    """Public keys as RFC 7517 JSON, and how long they may be cached."""

    json: str
    max_age_s: int
