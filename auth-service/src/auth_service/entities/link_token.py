"""Tokens in links that go by mail: each works once, for one purpose, for a limited time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Purpose(StrEnum):
    """What a link is for."""

    VERIFICATION = "verification"
    """Its owner reads the mails of the account's address."""
    RESET = "reset"
    """Its owner may choose a new password."""


@dataclass(frozen=True)
class LinkToken:
    """What is kept of a token."""

    token_hash: bytes
    purpose: Purpose
    user_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class ResetRequest:
    """Somebody wants a new password for the account with this address, if there is one."""

    id: UUID
    email_key: str
    requested_at: datetime
