"""What upload-service does, seen from here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from fiapx_common.messaging import BrokerConnection, Consumer, Done, EventDispatch, Message, Publisher, Word
from fiapx_common.object_store import MinioObjectStore
from fiapx_models.events import (
    Event,
    VideoFailed,
    VideoProcessed,
    VideoProcessingStarted,
    VideoProgressed,
    VideoUploaded,
)
from fiapx_models.options import read_options
from fiapx_testing.waiting import PATIENCE_S

EventT = TypeVar("EventT", bound=Event)


@dataclass
class UploadService:
    """What upload-service does, seen from here: sources in the store, events out, outcomes in."""

    store: MinioObjectStore
    publisher: Publisher
    outcomes: list[tuple[Message, Event]] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def upload(self, source: Path | bytes, options: str = "", user_id: UUID | None = None) -> VideoUploaded:
        """Stores a source and says so."""
        video = await self.store_source(source, options, user_id)
        await self.publish(video)
        return video

    async def store_source(self, source: Path | bytes, options: str = "", user_id: UUID | None = None) -> VideoUploaded:
        """The event that would be published; nobody's in particular is a new user's."""
        data = source if isinstance(source, bytes) else await asyncio.to_thread(source.read_bytes)
        video_id = uuid4()
        key = f"sources/{video_id}"
        await self.store.put(key, data)
        return VideoUploaded(
            video_id=video_id,
            user_id=user_id or uuid4(),
            attempt=1,
            filename="film.mp4",
            source_key=key,
            size_bytes=len(data),
            options_json=read_options(options).canonical_json(),
            external_id="order-1",
            metadata_json='{"camera":"north"}',
        )

    async def publish(self, event: Event, message_id: UUID | None = None) -> UUID:
        """The message's id."""
        message_id = message_id or uuid4()
        await self.publisher.publish_event(event, message_id=message_id)
        return message_id

    async def hear(self, event: Event, message: Message) -> Word:
        async with self._came:
            self.outcomes.append((message, event))
            self._came.notify_all()
        return Done()

    def heard(self, kind: type[EventT], video_id: UUID) -> list[EventT]:
        """All events of this kind so far, in the order in which they came."""
        return [event for _, event in self.outcomes if isinstance(event, kind) and event.subject() == str(video_id)]

    async def wait_for(self, kind: type[EventT], video_id: UUID, timeout_s: float = PATIENCE_S) -> EventT:
        """The first event of this kind."""
        async with asyncio.timeout(timeout_s), self._came:
            await self._came.wait_for(lambda: self.heard(kind, video_id))
        return self.heard(kind, video_id)[0]

    async def completed(self, video: VideoUploaded) -> VideoProcessed:
        """Waits for the end; a failure is told as one."""
        async with asyncio.timeout(PATIENCE_S), self._came:
            await self._came.wait_for(
                lambda: bool(self.heard(VideoProcessed, video.video_id) or self.heard(VideoFailed, video.video_id))
            )
        assert [failed.error for failed in self.heard(VideoFailed, video.video_id)] == []
        return self.heard(VideoProcessed, video.video_id)[0]


@asynccontextmanager
async def hearing(connection: BrokerConnection, upload_service: UploadService) -> AsyncIterator[None]:
    """It takes in what is told of videos."""
    dispatch = EventDispatch()
    for kind in (VideoProcessingStarted, VideoProgressed, VideoProcessed, VideoFailed):
        dispatch.on(kind, upload_service.hear)
    async with Consumer(connection, "upload.outcomes", dispatch.routing_keys, dispatch, concurrency=1).running():
        yield
