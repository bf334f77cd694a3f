"""Other frames of a video whose file is here already."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Conflict, FiapxError, Gone, Invalid, NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_common.messaging import Message
from fiapx_models.events import Event, VideoEvent, VideoFailed, VideoProcessed, VideoProcessingStarted
from fiapx_models.options import read_options
from fiapx_proto.upload.v1 import upload_pb2
from upload_service.settings import QuotaSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Outcome = Callable[..., Event]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Reprocess = Callable[..., Awaitable[upload_pb2.Video]]
Ended = Callable[..., Awaitable[upload_pb2.Video]]

OPTIONS = '{"sampling": {"rule": "fps", "fps": 2}}'
CANONICAL = read_options(OPTIONS).canonical_json()
OTHERS = '{"sampling": {"rule": "fps", "fps": 3}}'
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
ARCHIVE_BYTES = 4096
"""As processing tells it in these tests."""


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    """Room for a file and its archive."""
    return {"quota": QuotaSettings(stored_bytes=3 * ARCHIVE_BYTES)}


@pytest.fixture
def reprocess(stub: "UploadServiceAsyncStub", user_id: UUID) -> Reprocess:
    """Asks for other frames: `reprocess(video, options, key=…, owner=…)`. Raises our error tree."""

    async def ask(
        video: upload_pb2.Video, options: str = OPTIONS, *, key: str = "", owner: UUID = user_id
    ) -> upload_pb2.Video:
        request = upload_pb2.ReprocessVideoRequest(
            user_id=str(owner), video_id=video.id, options_json=options, idempotency_key=key
        )
        with answered_by("upload"):
            return await stub.ReprocessVideo(request)

    return ask


@pytest.fixture
def ended(stub: "UploadServiceAsyncStub", send: Send, tell: Tell, outcome: Outcome, watch: Watch) -> Ended:
    """A video that has come to an end: `ended("failed")`."""

    async def make(status: str = "completed", **details: Any) -> upload_pb2.Video:
        video = await send(**details)
        if status == "cancelled":
            return await stub.CancelVideo(upload_pb2.CancelVideoRequest(user_id=video.user_id, video_id=video.id))
        await tell(outcome(VideoProcessed if status == "completed" else VideoFailed, video))
        return await watch(video, status)

    return make


async def code_of(call: Awaitable[Any]) -> str:
    """The code of a refusal, or the status of the video."""
    try:
        return str((await call).status)
    except FiapxError as refused:
        return refused.code


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
async def test_a_video_that_has_ended_is_queued_again_with_the_new_options(
    *, status: str, ended: Ended, reprocess: Reprocess, watch: Watch, heard: list[Message], eventually: Eventually
) -> None:
    video = await ended(status)
    again = await reprocess(video)
    assert (again.status, again.attempt, again.progress, again.options_json) == ("queued", 2, 0, CANONICAL)
    gone = {"frame_count", "archive_bytes", "frames_expected", "error", "started_at", "finished_at", "expires_at"}
    assert gone & {field.name for field, _ in again.ListFields()} == set()
    assert (list(again.warnings), again.frames_ready, again.source_expires_at) == ([], 0, video.source_expires_at)
    assert await watch(video, "queued") == again

    async def told() -> list[dict[str, Any]]:
        return [json.loads(message.body) for message in heard if message.type == "video.uploaded.v1"][1:]

    (event,) = await eventually(told)
    assert (event["video_id"], event["attempt"], event["options_json"]) == (video.id, 2, CANONICAL)
    assert event["source_key"] == f"sources/{video.id}"


async def test_only_news_of_the_new_attempt_matter(
    *, ended: Ended, reprocess: Reprocess, tell: Tell, outcome: Outcome, watch: Watch
) -> None:
    video = await ended()
    again = await reprocess(video)
    await tell(outcome(VideoFailed, video))
    await tell(outcome(VideoProcessed, again, frame_count=7))
    done = await watch(video, "completed")
    assert (done.attempt, done.frame_count) == (2, 7)


@pytest.mark.parametrize("news", [None, VideoProcessingStarted], ids=["queued", "processing"])
async def test_a_video_that_has_not_ended_is_refused(
    *,
    news: type[VideoEvent] | None,
    send: Send,
    tell: Tell,
    outcome: Outcome,
    watch: Watch,
    reprocess: Reprocess,
) -> None:
    video = await send()
    if news is not None:
        await tell(outcome(news, video))
        await watch(video, "processing")
    with pytest.raises(Conflict, match="wait until it has ended") as refused:
        await reprocess(video)
    assert refused.value.code == "not_reprocessable"


async def test_an_upload_that_is_not_whole_is_refused(direct: Any, reprocess: Reprocess) -> None:
    upload = await direct.create(9)
    assert await code_of(reprocess(upload)) == "not_reprocessable"


async def test_a_video_whose_file_is_no_longer_kept_is_refused(
    ended: Ended, reprocess: Reprocess, query: Query
) -> None:
    video = await ended()
    await query("UPDATE videos SET source_expires_at = now() - interval '1 second'")
    with pytest.raises(Gone) as refused:
        await reprocess(video)
    assert refused.value.code == "source_expired"


async def test_another_users_video_and_a_deleted_one_are_not_there(
    ended: Ended, reprocess: Reprocess, stub: "UploadServiceAsyncStub"
) -> None:
    video = await ended()
    with pytest.raises(NotFound):
        await reprocess(video, owner=uuid4())
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=video.user_id, video_id=video.id))
    with pytest.raises(NotFound):
        await reprocess(video)


async def test_options_are_judged_as_those_of_an_upload(ended: Ended, reprocess: Reprocess) -> None:
    video = await ended()
    with pytest.raises(Invalid) as refused:
        await reprocess(video, '{"sampling": {"rule": "fps", "fps": 0}}')
    assert refused.value.code == "invalid_options"
    assert [wrong.field for wrong in refused.value.fields] == ["options.sampling.fps"]
    assert (await reprocess(video, '"legacy"')).options_json == read_options('"legacy"').canonical_json()


async def test_whoever_keeps_more_than_is_allowed_is_refused_and_nothing_changes(
    *, ended: Ended, send: Send, reprocess: Reprocess, query: Query, watch: Watch
) -> None:
    video = await ended()
    # room enough by the frames that go; and then none
    assert (await reprocess(video)).status == "queued"
    other = await ended("failed")
    await query("UPDATE videos SET size_bytes = :most WHERE id <> :id", most=4 * ARCHIVE_BYTES, id=UUID(other.id))
    assert await code_of(reprocess(other)) == "storage_quota_exceeded"
    assert await watch(other, "failed") == other


async def test_fifty_requests_at_once_begin_one_attempt(ended: Ended, reprocess: Reprocess, query: Query) -> None:
    video = await ended()
    outcomes = await asyncio.gather(*[code_of(reprocess(video)) for _ in range(50)])
    assert sorted(outcomes) == ["not_reprocessable"] * 49 + ["queued"]
    assert [row["attempt"] for row in await query("SELECT attempt FROM videos")] == [2]


async def test_fifty_requests_under_one_key_begin_one_attempt_and_get_its_answer(
    ended: Ended, reprocess: Reprocess, query: Query
) -> None:
    video = await ended()
    outcomes = await asyncio.gather(*[code_of(reprocess(video, key=KEY)) for _ in range(50)])
    assert set(outcomes) <= {"idempotency_key_in_use", "queued"}
    assert "queued" in outcomes
    assert [row["attempt"] for row in await query("SELECT attempt FROM videos")] == [2]


async def test_sent_again_under_its_key_it_gets_the_same_answer_whatever_has_become_of_the_attempt(
    *, ended: Ended, reprocess: Reprocess, tell: Tell, outcome: Outcome, watch: Watch, query: Query
) -> None:
    video = await ended()
    again = await reprocess(video, key=KEY)
    assert await reprocess(video, key=KEY) == again
    await tell(outcome(VideoProcessed, again))
    await watch(video, "completed")
    assert await reprocess(video, key=KEY) == again
    third = await reprocess(video, OTHERS)
    assert (third.attempt, await reprocess(video, key=KEY)) == (3, again)
    assert [row["attempt"] for row in await query("SELECT attempt FROM videos")] == [3]


async def test_another_request_under_the_key_is_refused(ended: Ended, reprocess: Reprocess) -> None:
    video, other = await ended(), await ended()
    await reprocess(video, key=KEY)
    for wrong in (reprocess(video, OTHERS, key=KEY), reprocess(other, key=KEY)):
        assert await code_of(wrong) == "idempotency_key_reused"


async def test_a_refused_request_leaves_its_key_free(
    ended: Ended, send: Send, reprocess: Reprocess, stub: "UploadServiceAsyncStub"
) -> None:
    video = await send()
    assert await code_of(reprocess(video, key=KEY)) == "not_reprocessable"
    await stub.CancelVideo(upload_pb2.CancelVideoRequest(user_id=video.user_id, video_id=video.id))
    assert await code_of(reprocess(video, key=KEY)) == "queued"


async def test_an_upload_that_is_sent_again_is_told_with_the_options_of_then(
    ended: Ended, send: Send, reprocess: Reprocess
) -> None:
    asked = {"options_json": OTHERS, "key": KEY}
    video = await ended(**asked)
    first = await send(**asked)
    await reprocess(video)
    assert await send(**asked) == first
