"""Queue `upload.outcomes`: what processing tells."""

from typing import Final

from fiapx_common.messaging import Done, EventDispatch, Message, Skipped, Word
from fiapx_models.events import VideoFailed, VideoProcessed, VideoProcessingStarted, VideoProgressed
from fiapx_models.statuses import TERMINAL

from upload_service.controllers.measuring import video_finished
from upload_service.entities.video import Video
from upload_service.services.outcomes import Outcomes

QUEUE: Final = "upload.outcomes"


class OutcomeEvents:
    """Each event to its use case, with the message's id for the inbox."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes

    def dispatch(self) -> EventDispatch:
        """The handler of the queue."""
        return (
            EventDispatch()
            .on(VideoProcessingStarted, self._started)
            .on(VideoProgressed, self._progressed)
            .on(VideoProcessed, self._processed)
            .on(VideoFailed, self._failed)
        )

    async def _started(self, event: VideoProcessingStarted, message: Message) -> Word:
        return _word(await self._outcomes.started(event, message.id))

    async def _progressed(self, event: VideoProgressed, message: Message) -> Word:
        return _word(await self._outcomes.progressed(event, message.id))

    async def _processed(self, event: VideoProcessed, message: Message) -> Word:
        return _word(_counted(await self._outcomes.processed(event, message.id)))

    async def _failed(self, event: VideoFailed, message: Message) -> Word:
        return _word(_counted(await self._outcomes.failed(event, message.id)))


def _counted(video: Video | None) -> Video | None:
    if video is not None and video.status in TERMINAL:
        video_finished(video)
    return video


def _word(changed: Video | None) -> Word:
    return Done() if changed is not None else Skipped("it changes nothing: heard before, or no longer wanted")
