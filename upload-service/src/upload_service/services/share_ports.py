"""What the use cases of shares need of the outside."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from fiapx_common.paging import Page, Place

from upload_service.entities.share import Share


class Shares(Protocol):
    """The rows of one transaction. What has expired counts as not there, and is swept; revoked ones are gone."""

    async def add(self, share: Share) -> None: ...

    async def count(self, video_id: UUID, now: datetime) -> int: ...

    async def page(
        self, user_id: UUID, video_id: UUID | None, now: datetime, *, limit: int, after: Place | None
    ) -> Page[Share]:
        """The user's, of one video or of all, the newest first."""

    async def valid(self, token_hash: bytes, now: datetime) -> Share | None:
        """One statement, whatever the answer: None where there is no such token, or its video is deleted."""

    async def used(self, share_id: UUID, now: datetime) -> None:
        """Notes when."""

    async def give_token(self, user_id: UUID, share_id: UUID, token_hash: bytes, now: datetime) -> Share | None:
        """The share with this token instead of the one before; None where the user has no such share."""

    async def remove(self, user_id: UUID, video_id: UUID, share_id: UUID) -> bool:
        """False where the user has no such share of this video."""

    async def remove_all(self, video_ids: Collection[UUID]) -> None:
        """All shares of these videos."""

    async def forget(self, now: datetime) -> int:
        """Drops what has expired; answers how many."""
