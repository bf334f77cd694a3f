"""Signing keys: one signs, several are known, so that a new one is everywhere before its first token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class SigningKey:
    """A key pair. `signs_from`: until then it is only published."""

    kid: str
    private_pem: str
    public_jwk: Mapping[str, str]
    signs_from: datetime


@dataclass(frozen=True)
class KeyTimes:
    """How long keys live."""

    rotation: timedelta
    """A key signs for so long."""
    lead: timedelta
    """A key is published for so long before it signs: longer than anybody keeps our JWKS."""
    afterlife: timedelta
    """A key is published for so long after its last signature: the access token's life and a margin."""


@dataclass(frozen=True)
class KeyRing:
    """All keys that are in the database."""

    keys: Sequence[SigningKey]
    times: KeyTimes

    def signer(self, now: datetime) -> SigningKey | None:
        """The youngest key whose time has come."""
        begun = [key for key in self.keys if key.signs_from <= now]
        return max(begun, key=lambda key: key.signs_from, default=None)

    def next_begins(self, now: datetime) -> datetime | None:
        """When a new key should sign, if one has to be made now. The first signs at once."""
        if not self.keys:
            return now
        due = max(key.signs_from for key in self.keys) + self.times.rotation
        return max(due, now + self.times.lead) if now >= due - self.times.lead else None

    def outlived(self, now: datetime) -> list[SigningKey]:
        """Keys of which no valid token can be left."""
        ordered = sorted(self.keys, key=lambda key: key.signs_from)
        return [key for key, successor in pairwise(ordered) if successor.signs_from + self.times.afterlife <= now]
