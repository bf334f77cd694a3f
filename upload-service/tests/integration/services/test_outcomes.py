"""Outcomes in any order, more than once, too late."""

import json
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.messaging import Message
from fiapx_models.events import Event, VideoEvent, VideoFailed, VideoProcessed, VideoProcessingStarted, VideoProgressed
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.brokers import Broker

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Outcome = Callable[..., Event]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Ends = Callable[[], Awaitable[list[tuple[str, int, dict[str, Any]]]]]

ORDER = ["uploading", "queued", "processing", "completed", "failed", "cancelled"]


@pytest.fixture
def quiet(query: Query, eventually: Eventually) -> Callable[[int], Awaitable[None]]:
    """Waits until so many messages have been taken in."""

    async def wait(count: int) -> None:
        async def all_in() -> bool:
            return len(await query("SELECT 1 FROM inbox")) == count

        assert await eventually(all_in), "not all messages were taken in"

    return wait


async def test_a_video_goes_its_way(send: Send, tell: Tell, outcome: Outcome, watch: Watch) -> None:
    video = await send()
    await tell(outcome(VideoProcessingStarted, video))
    processing = await watch(video, "processing")
    assert (processing.frames_expected, processing.HasField("started_at")) == (2, True)
    await tell(outcome(VideoProcessed, video))
    done = await watch(video, "completed")
    assert (done.progress, done.frame_count, done.archive_bytes) == (1.0, 2, 4096)
    assert [(one.code, one.message) for one in done.warnings] == [("short", "It is short.")]
    assert (done.expires_at.ToDatetime() - done.finished_at.ToDatetime()).days == 7
    assert '"codec":"h264"' in done.media_json


@pytest.mark.parametrize("seed", range(3))
async def test_messages_shuffled_and_doubled_end_the_same(
    *,
    seed: int,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    watch: Watch,
    query: Query,
    quiet: Callable[[int], Awaitable[None]],
) -> None:
    video = await send()
    events = [
        outcome(VideoProcessingStarted, video),
        *[outcome(VideoProgressed, video, progress=step / 5, frames_done=step) for step in range(5)],
        outcome(VideoProcessed, video),
    ]
    doubled = [(event, message_id) for event in events for message_id in [uuid4()] for _ in range(2)]
    random.Random(seed).shuffle(doubled)
    for event, message_id in doubled:
        await tell(event, message_id)
    await quiet(len(events))
    done = await watch(video, "completed")
    assert (done.progress, done.frame_count, done.frames_expected) == (1.0, 2, 2)
    assert done.HasField("started_at")
    rows = await query("SELECT change FROM video_events ORDER BY seq")
    statuses = [ORDER.index(row["change"]["status"]) for row in rows]
    assert statuses == sorted(statuses)
    progress = [row["change"]["progress"] for row in rows if "progress" in row["change"]]
    assert progress == sorted(progress)


@pytest.mark.parametrize("kind", [VideoProcessed, VideoFailed, VideoProgressed, VideoProcessingStarted])
async def test_news_of_a_cancelled_attempt_change_nothing(
    *,
    kind: type[VideoEvent],
    send: Send,
    tell: Tell,
    outcome: Outcome,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    quiet: Callable[[int], Awaitable[None]],
) -> None:
    video = await send()
    asked = {"user_id": str(user_id), "video_id": video.id}
    cancelled = await stub.CancelVideo(upload_pb2.CancelVideoRequest(**asked))
    await tell(outcome(kind, video))
    await quiet(1)
    assert await stub.GetVideo(upload_pb2.GetVideoRequest(**asked)) == cancelled


async def test_news_of_an_older_attempt_change_nothing(
    *,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    quiet: Callable[[int], Awaitable[None]],
) -> None:
    video = await send()
    asked = {"user_id": str(user_id), "video_id": video.id}
    await stub.CancelVideo(upload_pb2.CancelVideoRequest(**asked))
    again = await stub.RetryVideo(upload_pb2.RetryVideoRequest(**asked))
    await tell(outcome(VideoProcessed, video))
    await quiet(1)
    assert await stub.GetVideo(upload_pb2.GetVideoRequest(**asked)) == again


async def test_news_of_a_deleted_video_are_taken_in_and_change_nothing(
    *,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    query: Query,
    quiet: Callable[[int], Awaitable[None]],
) -> None:
    video = await send()
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=video.id))
    await tell(outcome(VideoProcessed, video))
    await quiet(1)
    (row,) = await query("SELECT status, archive_key FROM videos")
    assert (row["status"], row["archive_key"]) == ("queued", None)


@pytest.fixture
def ends(heard: list[Message], send: Send, eventually: Eventually) -> Ends:
    """Video, attempt and body of each `video.ended.v1` of the user, when all that was told before now has arrived."""

    async def wait() -> list[tuple[str, int, dict[str, Any]]]:
        mark = await send(filename="mark.mp4")

        async def marked() -> bool:
            return any(message.subject == mark.id for message in heard)

        await eventually(marked)
        bodies = [json.loads(message.body) for message in heard if message.type == "video.ended.v1"]
        return [(body["video_id"], body["attempt"], body) for body in bodies]

    return wait


async def test_a_completed_attempt_is_told_once_however_often_it_was_heard(
    *, send: Send, tell: Tell, outcome: Outcome, watch: Watch, quiet: Callable[[int], Awaitable[None]], ends: Ends
) -> None:
    video = await send()
    for message_id in (uuid4(), uuid4()):
        await tell(outcome(VideoProcessed, video), message_id)
    await tell(outcome(VideoFailed, video))
    await quiet(3)
    await watch(video, "completed")
    ((video_id, attempt, told),) = await ends()
    assert (video_id, attempt) == (video.id, 1)
    assert (told["filename"], told["frame_count"], told["error"]) == ("film.mp4", 2, None)
    assert [one["code"] for one in told["warnings"]] == ["short"]


async def test_each_attempt_that_fails_is_told(
    *,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    watch: Watch,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    ends: Ends,
) -> None:
    video = await send()
    await tell(outcome(VideoFailed, video))
    await watch(video, "failed")
    again = await stub.RetryVideo(upload_pb2.RetryVideoRequest(user_id=str(user_id), video_id=video.id))
    await tell(outcome(VideoFailed, again))
    await watch(again, "failed")
    told = await ends()
    assert [(attempt, body["frame_count"], body["error"]["code"]) for _, attempt, body in told] == [
        (1, None, "no_video"),
        (2, None, "no_video"),
    ]


@pytest.mark.parametrize("kind", [VideoProcessed, VideoFailed])
async def test_the_end_of_an_attempt_whose_cancel_was_accepted_is_told_to_nobody(
    *,
    kind: type[VideoEvent],
    send: Send,
    tell: Tell,
    outcome: Outcome,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    quiet: Callable[[int], Awaitable[None]],
    ends: Ends,
) -> None:
    video = await send()
    await stub.CancelVideo(upload_pb2.CancelVideoRequest(user_id=str(user_id), video_id=video.id))
    await tell(outcome(kind, video))
    await quiet(1)
    assert await ends() == []


async def test_the_end_of_a_deleted_video_is_told_to_nobody(
    *,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    quiet: Callable[[int], Awaitable[None]],
    ends: Ends,
) -> None:
    video = await send()
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=video.id))
    await tell(outcome(VideoProcessed, video))
    await quiet(1)
    assert await ends() == []


async def test_news_of_a_video_that_never_was_end_quietly(
    tell: Tell, outcome: Outcome, broker: Broker, quiet: Callable[[int], Awaitable[None]]
) -> None:
    nobody = upload_pb2.Video(id=str(uuid4()), user_id=str(uuid4()), attempt=1)
    await tell(outcome(VideoFailed, nobody))
    await quiet(1)
    assert (await broker.queue("upload.outcomes.dead")).ready == 0


async def test_an_outcome_that_nobody_can_read_becomes_a_dead_letter(
    stub: object, tell: Tell, outcome: Outcome, broker: Broker, eventually: Eventually
) -> None:
    class Strange(VideoProgressed):
        progress: str  # type: ignore[assignment]  # what a sender gone wrong would say

    nobody = upload_pb2.Video(id=str(uuid4()), user_id=str(uuid4()), attempt=1)
    good = outcome(VideoProgressed, nobody)

    async def dead() -> bool:
        return (await broker.queue("upload.outcomes.dead")).ready == 1

    await tell(Strange.model_validate({**good.model_dump(), "progress": "half"}))
    assert await eventually(dead)
