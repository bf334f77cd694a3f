"""Who is asking."""

from dataclasses import dataclass
from uuid import UUID

from fiapx_common.errors import FiapxError


@dataclass(frozen=True)
class Caller:
    """A user with a session, as a verified access token says."""

    user_id: UUID
    session_id: UUID


Identity = Caller | FiapxError
"""Who asks, or why we don't know: routes that anybody may call don't mind."""


@dataclass(frozen=True)
class Jwks:
    """Public keys as RFC 7517 JSON, and how long they may be cached."""

    json: str
    max_age_s: int
