"""A user who is no more: nothing of theirs is kept, in whatever state it was."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Gone, NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_common.messaging import Message
from fiapx_common.postgres import transaction
from fiapx_models.events import Event, UserDeleted, VideoFailed, VideoProcessed, VideoProcessingStarted
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.brokers import Broker
from sqlalchemy.ext.asyncio import AsyncEngine
from upload_service.controllers.user_events import QUEUE
from upload_service.repositories.erased_users import PostgresErasedUsers
from upload_service.services.sweeping import Sweeping

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]
Tell = Callable[..., Awaitable[None]]
Outcome = Callable[..., Event]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]
Erase = Callable[[], Awaitable[None]]

TABLES = ("videos", "video_events", "uploads", "idempotency_keys", "shares")
STATES = ("uploading", "queued", "processing", "completed", "failed", "cancelled", "deleted")
NEWS = {"processing": VideoProcessingStarted, "completed": VideoProcessed, "failed": VideoFailed}


@pytest.fixture
def erase(tell: Tell, query: Query, eventually: Eventually, user_id: UUID) -> Erase:
    """Tells that the user is no more, and waits until it has been heard."""

    async def told() -> None:
        await tell(UserDeleted(user_id=user_id))

        async def done() -> bool:
            wanted = "SELECT 1 FROM videos WHERE user_id = :id AND deleted_at IS NULL"
            erased = await query("SELECT 1 FROM erased_users WHERE user_id = :id", id=user_id)
            return bool(erased) and not await query(wanted, id=user_id)

        await eventually(done)

    return told


@pytest.fixture
def video_in(
    *, send: Send, direct: Any, stub: "UploadServiceAsyncStub", tell: Tell, outcome: Outcome, watch: Watch
) -> Callable[[str], Awaitable[str]]:
    """The id of a video of the user in a state."""

    async def make(state: str) -> str:
        if state == "uploading":
            upload = await direct.create(3 << 20, idempotency_key="uploading")
            await direct.put(upload, bytes(3 << 20), 1)
            return str(upload.id)
        video = await send(filename=f"{state}.mp4", key=state, external_id="ana@example.com", tags=["private"])
        about: dict[str, Any] = {"user_id": video.user_id, "video_id": video.id}
        await stub.CreateShare(upload_pb2.CreateShareRequest(**about, note="for Bia", idempotency_key=f"share {state}"))
        if state == "cancelled":
            await stub.CancelVideo(upload_pb2.CancelVideoRequest(**about))
        elif state == "deleted":
            await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(**about))
        elif state != "queued":
            await tell(outcome(NEWS[state], video))
            await watch(video, state)
        return video.id

    return make


async def rows(query: Query) -> dict[str, int]:
    return {table: len(await query(f"SELECT 1 FROM {table}")) for table in TABLES}


@pytest.mark.parametrize("state", STATES)
async def test_a_video_in_any_state_is_gone_with_all_that_was_kept_of_it(
    *,
    state: str,
    video_in: Callable[[str], Awaitable[str]],
    erase: Erase,
    query: Query,
    left: Left,
    at_once: Sweeping,
    heard: list[Message],
    eventually: Eventually,
) -> None:
    video_id = await video_in(state)
    await erase()

    async def told() -> bool:
        return [each.subject for each in heard if each.type == "video.deleted.v1"] == [video_id]

    await eventually(told)
    assert (await at_once.sweep()).erased_videos == 1
    assert await rows(query) == dict.fromkeys(TABLES, 0)
    assert await left() == []


async def test_many_videos_are_gone_and_another_users_stay(
    *, send: Send, erase: Erase, query: Query, left: Left, at_once: Sweeping, stub: "UploadServiceAsyncStub"
) -> None:
    stranger = uuid4()
    kept = await send(owner=stranger, key="theirs")
    for number in range(5):
        await send(filename=f"{number}.mp4")
    await erase()
    await at_once.sweep()
    assert await left() == [f"sources/{kept.id}"]
    assert [str(row["id"]) for row in await query("SELECT id FROM videos")] == [kept.id]
    assert (await rows(query))["idempotency_keys"] == 1
    found = await stub.GetVideo(upload_pb2.GetVideoRequest(user_id=str(stranger), video_id=kept.id))
    assert found.status == "queued"


async def test_what_is_kept_of_an_erased_user_is_the_id_alone(
    *, send: Send, erase: Erase, query: Query, at_once: Sweeping, user_id: UUID
) -> None:
    await send()
    await query("INSERT INTO user_quotas (user_id, videos) VALUES (:id, 7)", id=user_id)
    await erase()
    await at_once.sweep()
    assert await query("SELECT * FROM user_quotas") == []
    ((row),) = await query("SELECT * FROM erased_users")
    assert set(row) == {"user_id", "erased_at", "purged_at"}
    assert (row["user_id"], row["purged_at"] is not None) == (user_id, True)


@pytest.mark.parametrize("state", ["uploading", "queued"])
async def test_rows_stay_as_long_as_the_store_has_something_of_them(
    *,
    state: str,
    video_in: Callable[[str], Awaitable[str]],
    erase: Erase,
    engine: AsyncEngine,
    query: Query,
    at_once: Sweeping,
) -> None:
    await video_in(state)
    await erase()
    async with transaction(engine) as connection:
        assert await PostgresErasedUsers(connection).purge(10) == 0
        await connection.commit()
    assert [row["purged_at"] for row in await query("SELECT purged_at FROM erased_users")] == [None]
    assert (await at_once.sweep()).erased_videos == 1


async def test_uploads_that_end_after_it_leave_nothing(
    *, send: Send, direct: Any, erase: Erase, query: Query, left: Left, heard: list[Message]
) -> None:
    await erase()
    for upload in (send(key="late"), direct.create(9)):
        with pytest.raises(Gone) as refused:
            await upload
        assert refused.value.code == "account_erased"
    assert await rows(query) == dict.fromkeys(TABLES, 0)
    assert await left() == []
    assert heard == []


async def test_messages_that_come_late_or_again_are_harmless(
    *,
    send: Send,
    erase: Erase,
    tell: Tell,
    outcome: Outcome,
    query: Query,
    at_once: Sweeping,
    broker: Broker,
    eventually: Eventually,
    stub: "UploadServiceAsyncStub",
) -> None:
    video = await send()
    await erase()
    await at_once.sweep()
    for kind in (VideoProcessingStarted, VideoProcessed, VideoFailed):
        await tell(outcome(kind, video))
    await erase()

    async def taken_in() -> bool:
        return len(await query("SELECT 1 FROM inbox")) == 3

    await eventually(taken_in)
    assert await rows(query) == dict.fromkeys(TABLES, 0)
    for queue in ("upload.outcomes", QUEUE):
        assert (await broker.queue(f"{queue}.dead")).ready == 0
    with pytest.raises(NotFound), answered_by("upload"):
        await stub.GetVideo(upload_pb2.GetVideoRequest(user_id=video.user_id, video_id=video.id))
