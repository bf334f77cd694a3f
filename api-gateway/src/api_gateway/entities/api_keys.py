"""Keys of users' programs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fiapx_models.scopes import Scope


@dataclass(frozen=True)
class ApiKey:
    """A key as its owner sees it again: without its text."""

    id: UUID
    name: str
    scopes: frozenset[Scope]
    beginning: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
