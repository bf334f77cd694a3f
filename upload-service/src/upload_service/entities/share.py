"""Shares: links by which whoever has one may look at a video, without an account, until it expires or is revoked."""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.opaque_tokens import new_token

NOTE_CHARACTERS: Final = 200
LONGEST_S: Final = 100 * 366 * 86400
"""A century; what is asked for is held against what is kept anyway."""
_MARK: Final = "fs_"


def new_share_token() -> str:
    """`fs_` and 256 random bits."""
    return new_token(_MARK)


@dataclass(frozen=True)
class Share:
    """What is kept of a link; its token is shown once and kept nowhere."""

    id: UUID
    video_id: UUID
    user_id: UUID
    """The video's owner."""
    token_hash: bytes
    note: str | None
    """The owner's own: whom it is for."""
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    """To some minutes."""


@dataclass(frozen=True)
class ShareWish:
    """How long a link is wanted for, and what for. Neither moment nor span: as long as is usual."""

    note: str | None = None
    expires_at: datetime | None = None
    expires_in: timedelta | None = None

    @classmethod
    def read(cls, note: str, expires_at: datetime | None, expires_in_s: int) -> Self:
        """From a caller's words; an empty note and 0 s mean that there is none.

        Raises:
            Invalid: with every field that is wrong.
        """
        note, wrong = " ".join(note.split()), list[FieldError]()
        if len(note) > NOTE_CHARACTERS or any(unicodedata.category(one) in {"Cc", "Cs"} for one in note):
            wrong.append(FieldError("note", f"must have at most {NOTE_CHARACTERS} characters, none of them a control"))
        if not 0 <= expires_in_s <= LONGEST_S:
            wrong.append(FieldError("expires_in_s", f"must be from 1 to {LONGEST_S}"))
        if expires_at is not None and expires_in_s:
            wrong.append(FieldError("expires_in_s", "must not be given together with expires_at"))
        if wrong:
            raise _invalid(wrong)
        return cls(note or None, expires_at, timedelta(seconds=expires_in_s) if expires_in_s else None)

    def ends_at(self, now: datetime, usual: timedelta, latest: datetime) -> datetime:
        """When the link ends: as wished, else after the usual time, and never after the frames.

        Raises:
            Invalid: it is wished for longer than the frames are kept, or not beyond now.
        """
        if self.expires_at is None and self.expires_in is None:
            return min(now + usual, latest)
        field = "expires_at" if self.expires_at is not None else "expires_in_s"
        ends_at = self.expires_at or now + (self.expires_in or usual)
        if ends_at <= now:
            raise _invalid([FieldError(field, "must lie in the future")])
        if ends_at > latest:
            kept = f"{latest.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            raise _invalid([FieldError(field, f"must not reach beyond {kept}, until when the frames are kept")])
        return ends_at


def _invalid(wrong: list[FieldError]) -> Invalid:
    return Invalid("invalid_share", "There can be no such share.", wrong)
