"""API keys: what a program of a user's presents instead of logging in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.opaque_tokens import new_token
from fiapx_models.scopes import Scope

MOST_KEYS: Final = 50
"""That one user may have at once."""
_MARK: Final = "fx_"
_SHOWN: Final = len(_MARK) + 6
_MOST_NAME: Final = 100


@dataclass(frozen=True)
class ApiKey:
    """What is kept of a key; its text is shown once and kept nowhere."""

    id: UUID
    user_id: UUID
    key_hash: bytes
    beginning: str
    """The first characters of its text, so that its owner knows it again."""
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    """None: it is good until it is revoked."""
    last_used_at: datetime | None = None
    """To some minutes."""


@dataclass(frozen=True)
class KeyWish:
    """What somebody wants a key for, as lawful as it gets."""

    name: str
    scopes: frozenset[Scope]
    expires_at: datetime | None


def new_key_text() -> str:
    """`fx_` and 256 random bits: secret scanners can tell what it is."""
    return new_token(_MARK)


def beginning_of(text: str) -> str:
    return text[:_SHOWN]


def read_wish(name: str, scopes: Collection[str], expires_at: datetime | None, now: datetime) -> KeyWish:
    """Raises Invalid, with every field that is wrong."""
    wrong: list[FieldError] = []
    name = " ".join(name.split())
    if not name or len(name) > _MOST_NAME or not name.isprintable():
        wrong.append(FieldError("name", f"must have 1 to {_MOST_NAME} printable characters"))
    if not scopes or not {*scopes} <= {*Scope}:
        wrong.append(FieldError("scopes", f"must be one or more of {', '.join(Scope)}"))
    if expires_at is not None and expires_at <= now:
        wrong.append(FieldError("expires_at", "must lie in the future"))
    if wrong:
        raise Invalid("invalid_api_key", "There can be no such API key.", wrong)
    return KeyWish(name, frozenset(map(Scope, scopes)), expires_at)
