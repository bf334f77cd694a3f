"""A user's videos."""

from uuid import UUID

from api_gateway.entities.callers import Caller
from api_gateway.entities.usage import Usage
from api_gateway.entities.videos import Video, VideoFilter, VideoPage
from api_gateway.services.ports import Videos
from api_gateway.services.waiting import Waiting


class Library:
    """Looks into and changes the caller's own videos; others' are not there."""

    def __init__(self, videos: Videos, waiting: Waiting) -> None:
        self._videos = videos
        self._waiting = waiting

    async def get(self, caller: Caller, video_id: UUID) -> Video:
        return await self._waiting.told_one(await self._videos.get(caller.user_id, video_id))

    async def list(self, caller: Caller, wanted: VideoFilter, limit: int, cursor: str) -> VideoPage:
        """Newest first; `cursor` is that of an earlier page, or empty."""
        page = await self._videos.list(caller.user_id, wanted, limit, cursor)
        return VideoPage(await self._waiting.told(page.videos), page.next_cursor)

    async def cancel(self, caller: Caller, video_id: UUID) -> Video:
        return await self._videos.cancel(caller.user_id, video_id)

    async def retry(self, caller: Caller, video_id: UUID) -> Video:
        return await self._videos.retry(caller.user_id, video_id)

    async def reprocess(self, caller: Caller, video_id: UUID, options_json: str, key: str) -> Video:
        """Another attempt on the same file; `key` names this request, empty: it has none."""
        return await self._videos.reprocess(caller.user_id, video_id, options_json, key)

    async def delete(self, caller: Caller, video_id: UUID) -> None:
        await self._videos.delete(caller.user_id, video_id)

    async def usage(self, caller: Caller) -> Usage:
        """What the caller has, and may have."""
        return await self._videos.usage(caller.user_id)
