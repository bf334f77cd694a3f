"""Links by which whoever has one may look at a video."""

from uuid import UUID

from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import ShareNotFound
from api_gateway.entities.exports import Page
from api_gateway.entities.shares import ReadableVideo, Share, ShareWish
from api_gateway.entities.videos import Video
from api_gateway.services.ports import Videos
from api_gateway.services.share_ports import OpenShares, Shares


class Sharing:
    """Makes, lists and revokes the caller's links; opens anybody's by its token."""

    def __init__(self, shares: Shares, opened: OpenShares, videos: Videos) -> None:
        self._shares = shares
        self._opened = opened
        self._videos = videos

    async def make(self, caller: Caller, video_id: UUID, wish: ShareWish, key: str) -> tuple[Share, str]:
        """A new share and its token, which nobody can be told again."""
        return await self._shares.make(caller.user_id, video_id, wish, key)

    async def page(self, caller: Caller, video_id: UUID, limit: int, cursor: str) -> Page[Share]:
        """Those of a video that are good, the newest first."""
        return await self._shares.page(caller.user_id, video_id, limit, cursor)

    async def revoke(self, caller: Caller, video_id: UUID, share_id: UUID) -> None:
        """For good."""
        await self._shares.revoke(caller.user_id, video_id, share_id)

    async def open(self, token: str) -> ReadableVideo:
        """What a token lets somebody read.

        Raises:
            ShareNotFound: unknown, revoked, expired, or of a deleted video; never told which.
        """
        found = await self._opened.opened_by(token)
        if found is None:
            raise ShareNotFound
        return found

    async def video(self, readable: ReadableVideo) -> Video:
        """The video that somebody may read."""
        return await self._videos.get(readable.user_id, readable.video_id)
