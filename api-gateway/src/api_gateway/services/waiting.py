"""How long videos still have to wait, told with them."""

from collections.abc import Sequence
from dataclasses import replace

import structlog
from fiapx_common.errors import FiapxError

from api_gateway.entities.platform import PlatformStatus
from api_gateway.entities.videos import QueuePlace, Video
from api_gateway.services.ports import Queue

log = structlog.get_logger(__name__)
_UNKNOWN = QueuePlace(None, None)


class Waiting:
    """Asks once for all videos that wait or run; where none does, not at all.

    Nobody is refused a video because its place in the queue isn't known: without an answer both are None.
    """

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    async def told(self, videos: Sequence[Video]) -> tuple[Video, ...]:
        """The same videos in the same order, with their places and times."""
        waiting = [video.id for video in videos if video.awaits_its_end]
        if not waiting:
            return tuple(videos)
        try:
            places = await self._queue.places(waiting)
        except FiapxError as error:
            log.info("queue.unknown", code=error.code)
            return tuple(videos)
        return tuple(_at(video, places.get(video.id, _UNKNOWN)) for video in videos)

    async def told_one(self, video: Video) -> Video:
        """The same video with its place and time."""
        (told,) = await self.told([video])
        return told

    async def status(self) -> PlatformStatus:
        """Workers and work of the whole platform."""
        return await self._queue.status()


def _at(video: Video, place: QueuePlace) -> Video:
    return replace(video, queue_position=place.position, eta_s=place.eta_s)
