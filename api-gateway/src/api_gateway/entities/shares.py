"""Shares: links by which whoever has one may look at a video; and which video a request may look at."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ReadableVideo:
    """A video that a request may read: its owner's request, or that of somebody with a link."""

    user_id: UUID
    """The owner's."""
    video_id: UUID
    until: datetime | None = None
    """When a link ends; None: the owner asks."""

    @property
    def by_stranger(self) -> bool:
        """Somebody with a link, who is told nothing that the owner has said for themselves."""
        return self.until is not None


@dataclass(frozen=True)
class Share:
    """A link as the video's owner sees it again: without its token."""

    id: UUID
    video_id: UUID
    note: str | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class ShareWish:
    """What is wanted; at most one of the two ends."""

    note: str
    expires_at: datetime | None
    expires_in_s: int | None
