"""Videos are told as they change: once each, none lost, whoever is away meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_models.events import Event, VideoFailed, VideoProcessed, VideoProcessingStarted, VideoProgressed
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.waiting import PATIENCE_S
from upload_service.settings import WatchSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Outcome = Callable[..., Event]
Watch = Callable[..., "Stream"]


class Stream:
    """What a watcher is told."""

    def __init__(self, call: AsyncIterator[upload_pb2.VideoChange]) -> None:
        self._call = call

    async def next(self) -> upload_pb2.VideoChange:
        async with asyncio.timeout(PATIENCE_S):
            with answered_by("upload"):
                return await anext(aiter(self._call))

    async def until(self, wanted: Callable[[upload_pb2.VideoChange], bool]) -> list[upload_pb2.VideoChange]:
        """All up to the one that is wanted."""
        told = [await self.next()]
        while not wanted(told[-1]):
            told.append(await self.next())
        return told

    async def ends(self) -> bool:
        try:
            await self.next()
        except StopAsyncIteration:
            return True
        return False


@pytest.fixture
def follow(stub: "UploadServiceAsyncStub", user_id: UUID) -> Watch:
    def call(**asked: Any) -> Stream:
        request = upload_pb2.WatchVideosRequest(**{"user_id": str(user_id), **asked})
        return Stream(stub.WatchVideos(request).__aiter__())

    return call


def is_(status: str) -> Callable[[upload_pb2.VideoChange], bool]:
    return lambda change: change.video.status == status


async def test_the_first_message_says_that_changes_are_seen_from_now_on(follow: Watch, send: Send) -> None:
    await send()
    stream = follow()
    assert await stream.next() == upload_pb2.VideoChange()
    video = await send()
    change = await stream.next()
    assert (change.video, change.seq > 0) == (video, True)


async def test_a_video_is_told_at_each_change_as_it_is(follow: Watch, send: Send, tell: Tell, outcome: Outcome) -> None:
    stream = follow()
    await stream.next()
    video = await send()
    assert (await stream.next()).video.status == "queued"
    await tell(outcome(VideoProcessingStarted, video))
    assert (await stream.next()).video.status == "processing"
    await tell(outcome(VideoProcessed, video))
    completed = await stream.next()
    assert (completed.video.status, completed.video.progress, completed.video.frame_count) == ("completed", 1.0, 2)


async def test_what_changed_after_a_seq_is_told_once_and_then_what_comes(
    follow: Watch, send: Send, tell: Tell, outcome: Outcome
) -> None:
    first = follow()
    await first.next()
    await send()
    seen = await first.next()
    missed = [await send(), await send()]
    await tell(outcome(VideoFailed, missed[0]))
    await first.until(is_("failed"))
    again = follow(after_seq=seen.seq)
    await again.next()
    told = [await again.next() for _ in missed]
    assert [(one.video.id, one.video.status) for one in told] == [(missed[1].id, "queued"), (missed[0].id, "failed")]
    live = await send()
    assert (await again.next()).video.id == live.id


async def test_a_seq_from_the_future_counts_as_now(follow: Watch, send: Send) -> None:
    stream = follow(after_seq=1 << 60)
    await stream.next()
    video = await send()
    assert (await stream.next()).video.id == video.id


async def test_nobody_is_told_of_anothers_videos(follow: Watch, send: Send) -> None:
    stream = follow()
    await stream.next()
    await send(owner=uuid4())
    mine = await send()
    assert (await stream.next()).video.id == mine.id


async def test_one_video_is_told_as_it_is_and_until_its_end(
    follow: Watch, send: Send, tell: Tell, outcome: Outcome
) -> None:
    video = await send()
    stream = follow(video_id=video.id)
    assert [(await stream.next()).video.status for _ in range(2)] == ["", "queued"]
    await send()
    await tell(outcome(VideoFailed, video))
    assert (await stream.next()).video.status == "failed"
    assert await stream.ends()


async def test_a_video_that_has_ended_is_told_and_nothing_follows(
    follow: Watch, send: Send, stub: "UploadServiceAsyncStub", user_id: UUID
) -> None:
    video = await send()
    await stub.CancelVideo(upload_pb2.CancelVideoRequest(user_id=str(user_id), video_id=video.id))
    stream = follow(video_id=video.id)
    assert [(await stream.next()).video.status for _ in range(2)] == ["", "cancelled"]
    assert await stream.ends()


@pytest.mark.parametrize("alone", [True, False])
async def test_a_deleted_video_is_told_by_its_id_only(
    *, alone: bool, follow: Watch, send: Send, stub: "UploadServiceAsyncStub", user_id: UUID
) -> None:
    video = await send()
    stream = follow(video_id=video.id) if alone else follow(after_seq=0)
    await stream.until(is_("queued"))
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=video.id))
    gone = await stream.next()
    assert (gone.deleted, gone.video) == (True, upload_pb2.Video(id=video.id, user_id=str(user_id)))
    if alone:
        assert await stream.ends()


async def test_anothers_video_cannot_be_watched(follow: Watch, send: Send) -> None:
    video = await send(owner=uuid4())
    with pytest.raises(NotFound):
        await follow(video_id=video.id).next()


async def test_progress_is_told_now_and_then_and_the_end_always(
    follow: Watch, send: Send, tell: Tell, outcome: Outcome
) -> None:
    stream = follow()
    await stream.next()
    video = await send()
    began = time.monotonic()
    for step in range(1, 41):
        await tell(outcome(VideoProgressed, video, progress=step / 40))
    await tell(outcome(VideoProcessed, video))
    told = await stream.until(is_("completed"))
    progress = [one.video.progress for one in told]
    assert progress == sorted(progress)
    # beside the upload, the start and the end
    assert len(told) - 3 <= 1 + (time.monotonic() - began) / WatchSettings().progress_every_s
