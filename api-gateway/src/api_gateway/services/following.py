"""Following videos as they change."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from fiapx_common.errors import Unavailable

from api_gateway.entities.callers import Caller
from api_gateway.entities.changes import VideoChange, Watched
from api_gateway.entities.errors import TooManyStreams
from api_gateway.services.ports import Changes, Credentials
from api_gateway.services.waiting import Waiting


class Following:
    """Streams of changes, at most so many of one user at a time in this process."""

    def __init__(
        self,
        changes: Changes,
        waiting: Waiting,
        credentials: Credentials,
        *,
        streams_per_user: int,
        first_s: float,
        check_s: float,
        lasts_s: float,
    ) -> None:
        self._changes = changes
        self._waiting = waiting
        self._credentials = credentials
        self._streams_per_user = streams_per_user
        self._first_s = first_s
        self._check_s = check_s
        self._lasts_s = lasts_s
        self._open: Counter[UUID] = Counter()

    async def follow(self, caller: Caller, video_id: UUID | None, after_seq: int | None) -> AsyncGenerator[VideoChange]:
        """Changes until the caller's token is at its end, or of one video until it has ended. Close it after use.

        A key may be good for ever, a stream is not: it ends after its longest time.

        Raises:
            TooManyStreams: the user follows as often as one may.
            NotFound: somebody else's video.
            Unavailable: upload-service is away, or goes.
        """
        lasts_s = min((caller.expires_at - datetime.now(UTC)).total_seconds(), self._lasts_s)
        if self._open[caller.user_id] >= self._streams_per_user:
            raise TooManyStreams(self._streams_per_user)
        self._open[caller.user_id] += 1
        try:
            watched = Watched(caller.user_id, video_id, after_seq)
            async with aclosing(self._changes.watch(watched, self._first_s, lasts_s)) as changes:
                async for change in changes:
                    yield await self._told(change)
        finally:
            self._open[caller.user_id] -= 1
            if not self._open[caller.user_id]:
                del self._open[caller.user_id]

    async def session_over(self, caller: Caller) -> None:
        """Returns once the caller's session has ended.

        While auth-service cannot tell, it has not: a stream that ended then could not be opened again, and it ends
        with its token anyway.
        """
        alive = True
        while alive:
            await asyncio.sleep(self._check_s)
            with suppress(Unavailable):
                alive = await self._credentials.is_alive(caller)

    async def _told(self, change: VideoChange) -> VideoChange:
        if change.video is None:
            return change
        return replace(change, video=await self._waiting.told_one(change.video))
