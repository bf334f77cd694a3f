"""A request that may be sent again: its key, what it asks for, and what it has made."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from uuid import UUID

from fiapx_common.idempotency_keys import IdempotencyKeyReused, lawful_key

from upload_service.entities.details import Details
from upload_service.entities.share import ShareWish


@dataclass(frozen=True)
class RequestKey:
    """A user's own name for one request. Another user's same text is another key."""

    user_id: UUID
    text: str

    @classmethod
    def read(cls, user_id: UUID, given: str) -> Self | None:
        """The key that a client sends; empty means none.

        Raises:
            Invalid: too long, or with other characters than printable ASCII.
        """
        text = lawful_key(given)
        return None if text is None else cls(user_id, text)


@dataclass(frozen=True)
class Claim:
    """One try of a request. As long as it holds the key, no other try is let in."""

    key: RequestKey
    token: UUID


class Operation(StrEnum):
    """What a request does."""

    STREAM = "stream"
    """The file comes with it."""
    BEGIN = "begin"
    """The file will come in parts."""
    REPROCESS = "reprocess"
    """The file is here already."""
    SHARE = "share"
    """Somebody else may see what came out of it."""


def fingerprint(operation: Operation, filename: str, size_bytes: int, sha256: str | None, details: Details) -> str:
    """SHA-256, hexadecimal, of all that makes one request another one than the next.

    It is taken of what was understood, not of the bytes: a form's boundary and the order of its fields don't count.
    """
    asked = [operation, filename, size_bytes, sha256, details.options_json, details.external_id, details.metadata_json]
    return hashlib.sha256(json.dumps([*asked, *details.tags]).encode()).hexdigest()


def reprocessing_fingerprint(video_id: UUID, options_json: str) -> str:
    """As `fingerprint`, of a request for another attempt."""
    return hashlib.sha256(json.dumps([Operation.REPROCESS, str(video_id), options_json]).encode()).hexdigest()


def sharing_fingerprint(video_id: UUID, wish: ShareWish) -> str:
    """As `fingerprint`, of a request for a share: of what was wished, whatever moment came of it."""
    moment = wish.expires_at and wish.expires_at.isoformat()
    span_s = wish.expires_in and wish.expires_in.total_seconds()
    return hashlib.sha256(json.dumps([Operation.SHARE, str(video_id), wish.note, moment, span_s]).encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """What the first request under a key has made: a video, one more attempt of it, or a share of it."""

    video_id: UUID
    fingerprint: str
    attempt: int = 1
    share_id: UUID | None = None
    """None: no share, or one that is no more."""

    def require_same(self, asked: str) -> None:
        """Whether this request is that one, sent again.

        Raises:
            IdempotencyKeyReused: it asks for something else.
        """
        if asked != self.fingerprint:
            raise IdempotencyKeyReused
