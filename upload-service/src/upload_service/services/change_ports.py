"""What those need who see videos and watch them as they change."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from upload_service.entities.changes import Change, RecordedChange
from upload_service.entities.video import Video


class ChangeRecords(Protocol):
    """The record of changes, read outside of transactions. Each method raises Unavailable."""

    async def current(self, user_id: UUID, video_id: UUID) -> Change:
        """The user's own video with its newest change. Raises VideoNotFound."""

    async def newest(self, user_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """The newest seq of each of the users; those without a video have none."""

    async def since(self, user_id: UUID, after_seq: int, limit: int) -> Sequence[Change]:
        """Videos that changed after `after_seq`, deleted ones too, each once and as it is now; the oldest changes."""

    async def history(
        self, user_id: UUID, video_id: UUID, after_seq: int, limit: int
    ) -> tuple[Sequence[RecordedChange], bool]:
        """Changes of the user's own video after a seq, the oldest first, and whether others follow.

        As many of the first `limit` as a message can carry, one at least. Raises VideoNotFound.
        """


class ChangeSignals(Protocol):
    """Who changes a video tells those who watch. A signal may be lost, none is ever wrong."""

    def listening(self, user_id: UUID) -> AbstractAsyncContextManager[asyncio.Event]:
        """An event that is set whenever the user's videos may have changed."""


class VideoCache(Protocol):
    """Videos at hand. May lose any of them; none is older than the last change that anybody has told it."""

    async def fetch(self, video_id: UUID, read: Callable[[], Awaitable[Change]]) -> Video:
        """Anybody's video, deleted ones too; by `read` where it is not at hand."""
