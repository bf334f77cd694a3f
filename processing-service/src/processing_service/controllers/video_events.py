"""Events about videos, from upload-service."""

from typing import Final

from fiapx_common.messaging import EventDispatch, Message, Word
from fiapx_models.events import VideoCancelled, VideoDeleted, VideoUploaded

from processing_service.controllers.words import word_of
from processing_service.entities.job import JobKey, Request
from processing_service.services.accepting import Accepting

EVENTS_QUEUE: Final = "processing.video-events"


def video_events(accepting: Accepting) -> EventDispatch:
    """The handler of `processing.video-events`."""

    async def uploaded(event: VideoUploaded, message: Message) -> Word:
        return await word_of(accepting.uploaded(_request(event), message.id))

    async def cancelled(event: VideoCancelled, message: Message) -> Word:
        return await word_of(accepting.cancelled(JobKey(event.video_id, event.attempt), message.id))

    async def deleted(event: VideoDeleted, message: Message) -> Word:
        return await word_of(accepting.deleted(event.video_id, message.id))

    return EventDispatch().on(VideoUploaded, uploaded).on(VideoCancelled, cancelled).on(VideoDeleted, deleted)


def _request(event: VideoUploaded) -> Request:
    return Request(
        key=JobKey(event.video_id, event.attempt),
        user_id=event.user_id,
        filename=event.filename,
        source_key=event.source_key,
        size_bytes=event.size_bytes,
        options_json=event.options_json,
        external_id=event.external_id,
        metadata_json=event.metadata_json,
        content_sha256=event.content_sha256,
    )
