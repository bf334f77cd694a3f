"""What shares need of the outside."""

from typing import Protocol
from uuid import UUID

from api_gateway.entities.exports import Page
from api_gateway.entities.shares import ReadableVideo, Share, ShareWish


class Shares(Protocol):
    """upload-service: links to videos. One RPC per call; somebody else's video or share raises `NotFound`."""

    async def make(self, user_id: UUID, video_id: UUID, wish: ShareWish, key: str) -> tuple[Share, str]:
        """A new share and its token; `Invalid` for an unlawful one, `Conflict` when there are too many.

        Under an idempotency `key` of an earlier call, that call's share with a new token. Empty: none.
        """

    async def page(self, user_id: UUID, video_id: UUID | None, limit: int, cursor: str) -> Page[Share]:
        """Those that are good, the newest first; of all videos where none is named. A `limit` of 0: as is usual."""

    async def revoke(self, user_id: UUID, video_id: UUID, share_id: UUID) -> None:
        """For good."""


class OpenShares(Protocol):
    """What links open, as upload-service said a moment ago. At most one RPC for each in a moment."""

    async def opened_by(self, token: str) -> ReadableVideo | None:
        """None: nothing (any more). `Unavailable` when nobody can tell."""
