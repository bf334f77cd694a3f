"""What users do with their videos."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa
from fiapx_common.errors import Conflict, Gone, NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_common.messaging import Message
from fiapx_common.object_store import MinioObjectStore
from fiapx_models.events import Event, VideoFailed, VideoProcessed
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.waiting import PATIENCE_S

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Outcome = Callable[..., Event]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]


class Shelf:
    """The stub's calls about one video of one user, errors raised as ours."""

    def __init__(self, stub: "UploadServiceAsyncStub", user_id: UUID) -> None:
        self._stub = stub
        self._user_id = str(user_id)

    async def get(self, video_id: str) -> upload_pb2.Video:
        with answered_by("upload"):
            return await self._stub.GetVideo(upload_pb2.GetVideoRequest(user_id=self._user_id, video_id=video_id))

    async def cancel(self, video_id: str) -> upload_pb2.Video:
        with answered_by("upload"):
            request = upload_pb2.CancelVideoRequest(user_id=self._user_id, video_id=video_id)
            return await self._stub.CancelVideo(request)

    async def retry(self, video_id: str) -> upload_pb2.Video:
        with answered_by("upload"):
            return await self._stub.RetryVideo(upload_pb2.RetryVideoRequest(user_id=self._user_id, video_id=video_id))

    async def delete(self, video_id: str) -> None:
        with answered_by("upload"):
            request = upload_pb2.DeleteVideoRequest(user_id=self._user_id, video_id=video_id)
            await self._stub.DeleteVideo(request)

    async def link(self, video_id: str) -> upload_pb2.ArchiveLink:
        with answered_by("upload"):
            request = upload_pb2.GetArchiveLinkRequest(user_id=self._user_id, video_id=video_id)
            return await self._stub.GetArchiveLink(request)

    async def ids(self) -> list[str]:
        with answered_by("upload"):
            answer = await self._stub.ListVideos(upload_pb2.ListVideosRequest(user_id=self._user_id))
            return [video.id for video in answer.videos]


@pytest.fixture
def shelf(stub: "UploadServiceAsyncStub", user_id: UUID) -> Shelf:
    return Shelf(stub, user_id)


@pytest.fixture
def stranger(stub: "UploadServiceAsyncStub") -> Shelf:
    return Shelf(stub, uuid4())


async def arrived(heard: list[Message], eventually: Eventually, types: list[str]) -> list[dict[str, Any]]:
    """The bodies of all that was told, once there is so much of it."""

    async def all_there() -> bool:
        return len(heard) >= len(types)

    await eventually(all_there)
    assert [message.type for message in heard] == types
    return [json.loads(message.body) for message in heard]


async def test_another_users_video_is_not_found_by_any_call(send: Send, shelf: Shelf, stranger: Shelf) -> None:
    video = await send()
    for call in (stranger.get, stranger.cancel, stranger.retry, stranger.delete, stranger.link):
        with pytest.raises(NotFound, match="no such video"):
            await call(video.id)
    assert await stranger.ids() == []
    assert (await shelf.get(video.id)).status == "queued"


@pytest.mark.parametrize("video_id", ["00000000-0000-0000-0000-000000000001", "../sources", ""])
async def test_what_is_no_videos_id_is_not_found(video_id: str, shelf: Shelf) -> None:
    with pytest.raises(NotFound) as refused:
        await shelf.get(video_id)
    assert refused.value.code == "video_not_found"


async def test_a_queued_video_is_cancelled_and_processing_is_told(
    send: Send, shelf: Shelf, heard: list[Message], eventually: Eventually
) -> None:
    video = await send()
    cancelled = await shelf.cancel(video.id)
    assert cancelled.status == "cancelled"
    assert cancelled.HasField("finished_at")
    told = await arrived(heard, eventually, ["video.uploaded.v1", "video.cancelled.v1"])
    assert (told[1]["video_id"], told[1]["attempt"]) == (video.id, 1)


async def test_cancelling_twice_answers_the_same_and_tells_once(
    send: Send, shelf: Shelf, heard: list[Message], eventually: Eventually
) -> None:
    video = await send()
    first = await shelf.cancel(video.id)
    assert await shelf.cancel(video.id) == first
    await shelf.delete(video.id)
    await arrived(heard, eventually, ["video.uploaded.v1", "video.cancelled.v1", "video.deleted.v1"])


async def test_an_ended_video_cannot_be_cancelled(
    send: Send, shelf: Shelf, tell: Tell, outcome: Outcome, watch: Watch
) -> None:
    video = await send()
    await tell(outcome(VideoProcessed, video))
    await watch(video, "completed")
    with pytest.raises(Conflict) as refused:
        await shelf.cancel(video.id)
    assert refused.value.code == "not_cancellable"


async def test_a_failed_video_is_tried_again_as_a_new_attempt(
    *,
    send: Send,
    shelf: Shelf,
    tell: Tell,
    outcome: Outcome,
    watch: Watch,
    heard: list[Message],
    eventually: Eventually,
) -> None:
    video = await send()
    await tell(outcome(VideoFailed, video))
    failed = await watch(video, "failed")
    assert (failed.error.code, failed.error.hint) == ("no_video", "Send a film.")
    again = await shelf.retry(video.id)
    assert (again.status, again.attempt, again.progress) == ("queued", 2, 0)
    assert not again.HasField("error")
    told = await arrived(heard, eventually, ["video.uploaded.v1", "video.ended.v1", "video.uploaded.v1"])
    assert [body["attempt"] for body in told] == [1, 1, 2]


async def test_a_queued_video_cannot_be_tried_again(send: Send, shelf: Shelf) -> None:
    video = await send()
    with pytest.raises(Conflict) as refused:
        await shelf.retry(video.id)
    assert refused.value.code == "not_retryable"


async def test_a_video_whose_file_is_no_longer_kept_cannot_be_tried_again(
    send: Send, shelf: Shelf, query: Query
) -> None:
    video = await send()
    await shelf.cancel(video.id)
    await query("UPDATE videos SET source_expires_at = now() - interval '1 second'")
    with pytest.raises(Gone) as refused:
        await shelf.retry(video.id)
    assert refused.value.code == "source_expired"


async def test_a_deleted_video_is_gone_with_its_file(
    send: Send, shelf: Shelf, left: Left, heard: list[Message], eventually: Eventually
) -> None:
    video = await send()
    await shelf.delete(video.id)
    assert await left() == []
    assert await shelf.ids() == []
    for call in (shelf.get, shelf.delete, shelf.cancel, shelf.retry, shelf.link):
        with pytest.raises(NotFound):
            await call(video.id)
    await arrived(heard, eventually, ["video.uploaded.v1", "video.deleted.v1"])


async def test_an_archive_is_fetched_by_its_link_under_a_name_made_of_the_videos(
    *, send: Send, shelf: Shelf, tell: Tell, outcome: Outcome, watch: Watch, store: MinioObjectStore
) -> None:
    video = await send(filename="férias 2026.mov")
    await store.put("results/x/1/frames.zip", b"the frames")
    await tell(outcome(VideoProcessed, video, finished_at=datetime.now(UTC)))
    await watch(video, "completed")
    link = await shelf.link(video.id)
    lasts = link.expires_at.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(minutes=14) < lasts <= timedelta(minutes=15)
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as browser:
        answer = await browser.get(link.url)
    assert answer.content == b"the frames"
    assert "f%C3%A9rias%202026-frames.zip" in answer.headers["content-disposition"]


async def test_a_video_that_is_not_completed_has_no_archive_yet(send: Send, shelf: Shelf) -> None:
    video = await send()
    with pytest.raises(Conflict) as refused:
        await shelf.link(video.id)
    assert refused.value.code == "not_ready"


async def test_an_archive_past_its_time_is_expired(
    send: Send, shelf: Shelf, tell: Tell, outcome: Outcome, watch: Watch
) -> None:
    video = await send()
    await tell(outcome(VideoProcessed, video, finished_at=datetime.now(UTC) - timedelta(days=7)))
    completed = await watch(video, "completed")
    assert completed.expires_at.ToDatetime(UTC) < datetime.now(UTC)
    with pytest.raises(Gone) as refused:
        await shelf.link(video.id)
    assert refused.value.code == "expired"


async def test_a_link_does_not_outlive_its_archive(
    send: Send, shelf: Shelf, tell: Tell, outcome: Outcome, watch: Watch
) -> None:
    video = await send()
    almost = datetime.now(UTC) - timedelta(days=7) + timedelta(minutes=2)
    await tell(outcome(VideoProcessed, video, finished_at=almost))
    completed = await watch(video, "completed")
    assert (await shelf.link(video.id)).expires_at.ToDatetime() <= completed.expires_at.ToDatetime()


async def test_a_video_seen_again_costs_no_sql(send: Send, shelf: Shelf) -> None:
    video = await send()
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "videos.user_id" in statement:
            asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        seen = [await shelf.get(video.id) for _ in range(3)]
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert (seen, asked) == ([video] * 3, [])


async def test_a_video_at_hand_is_shown_to_its_owner_only(send: Send, shelf: Shelf, stranger: Shelf) -> None:
    video = await send()
    await shelf.get(video.id)
    with pytest.raises(NotFound):
        await stranger.get(video.id)
