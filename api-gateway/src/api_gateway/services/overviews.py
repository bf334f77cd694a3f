"""Overviews of what came out of a video: contact sheets, and sprites for players."""

from collections.abc import Sequence
from dataclasses import replace

from api_gateway.entities.images import ImageFacts
from api_gateway.entities.previews import SheetShape, Tile
from api_gateway.entities.shares import ReadableVideo
from api_gateway.services.ports import Pieces, Videos
from api_gateway.services.preview_ports import Previews
from api_gateway.services.results import finished_video


class Overviews:
    """Shows overviews to whoever may read the video."""

    def __init__(self, videos: Videos, previews: Previews) -> None:
        self._videos = videos
        self._previews = previews

    async def contact_sheet(self, readable: ReadableVideo, shape: SheetShape) -> tuple[ImageFacts, Pieces]:
        """Frames in columns and rows."""
        video = await finished_video(self._videos, readable)
        facts, pieces = await self._previews.contact_sheet(video.id, video.attempt, shape)
        return replace(facts, name=video.contact_sheet_name), pieces

    async def tiles(self, readable: ReadableVideo) -> Sequence[Tile]:
        """Which part of which sprite stands for which time."""
        video = await finished_video(self._videos, readable)
        return await self._previews.tiles(video.id, video.attempt)

    async def sprite(self, readable: ReadableVideo, number: int) -> tuple[ImageFacts, Pieces]:
        """One sprite, from 1."""
        video = await finished_video(self._videos, readable)
        return await self._previews.sprite(video.id, video.attempt, number)
