"""A request that is sent again under its key makes nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import grpc
import pytest
import sqlalchemy as sa
from fiapx_common.errors import Conflict, Invalid, Unsupported
from fiapx_common.messaging import Message
from fiapx_models.events import VideoFailed
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.databases import Database
from sqlalchemy.ext.asyncio import create_async_engine
from upload_service.services.sweeping import Sweeping
from upload_service.settings import IdempotencySettings, QuotaSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Left = Callable[[], Awaitable[list[str]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Request = upload_pb2.StreamUploadRequest

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
OPTIONS = '{"sampling": {"rule": "fps", "fps": 2}}'
OTHERS: dict[str, dict[str, Any]] = {
    "name": {"filename": "other.mp4"},
    "content": {"body": MP4[:-1] + b"x"},
    "shorter file": {"body": MP4[:-1]},
    "longer file": {"body": MP4 + b"x"},
    "options": {"options_json": OPTIONS},
    "options after the file": {"after": upload_pb2.UploadDetails(options_json=OPTIONS)},
    "external id": {"external_id": "e"},
    "tags": {"tags": ["x"]},
}


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    """Room for two videos: what is sent again must not count as a third."""
    return {
        "idempotency": IdempotencySettings(lease=timedelta(seconds=1.5)),
        "quota": QuotaSettings(videos=2),
    }


@pytest.fixture
def held(query: Query) -> Callable[[], Awaitable[Any]]:
    """Until when the key is held, as long as nothing is made."""

    async def look() -> Any:
        found = await query("SELECT expires_at FROM idempotency_keys WHERE video_id IS NULL")
        return found[0]["expires_at"] if found else None

    return look


async def outcome_of(call: Awaitable[Any]) -> str:
    """The id of what was made, or the code of a refusal as it must be."""
    try:
        answer = await call
    except Conflict as refused:
        if refused.code != "idempotency_key_in_use":
            raise
        return refused.code
    return str(answer.id)


async def test_fifty_uploads_at_once_give_one_video(
    *, send: Send, query: Query, left: Left, eventually: Eventually, heard: list[Message]
) -> None:
    outcomes = await asyncio.gather(*[outcome_of(send(key=KEY)) for _ in range(50)])
    (video,) = await query("SELECT id FROM videos")
    assert set(outcomes) - {"idempotency_key_in_use"} == {str(video["id"])}
    assert await left() == [f"sources/{video['id']}"]

    async def told() -> list[Message]:
        return heard

    await eventually(told)
    assert await outcome_of(send(key=KEY)) == str(video["id"])
    assert len(heard) == 1


async def test_fifty_uploads_in_parts_begun_at_once_are_one(direct: Any, query: Query, left: Left) -> None:
    outcomes = await asyncio.gather(*[outcome_of(direct.create(9, idempotency_key=KEY)) for _ in range(50)])
    (video,) = await query("SELECT id FROM videos")
    assert set(outcomes) - {"idempotency_key_in_use"} == {str(video["id"])}
    assert await left() == [f"sources/{video['id']} (unfinished)"]


async def test_a_video_is_told_as_it_was_accepted_whatever_has_become_of_it(
    *,
    send: Send,
    stub: "UploadServiceAsyncStub",
    tell: Callable[..., Awaitable[None]],
    outcome: Callable[..., Any],
    watch: Callable[..., Awaitable[upload_pb2.Video]],
) -> None:
    told = {"options_json": OPTIONS, "external_id": "e", "metadata_json": '{"a": 1}', "tags": ["x"], "key": KEY}
    video = await send(**told)
    assert await send(**told) == video
    await tell(outcome(VideoFailed, video))
    await watch(video, "failed")
    assert await send(**told) == video
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=video.user_id, video_id=video.id))
    assert await send(**told) == video


async def test_an_upload_in_parts_is_told_as_it_was_begun_whatever_has_become_of_it(direct: Any) -> None:
    asked = {"idempotency_key": KEY, "sha256": "0" * 64}
    upload = await direct.create(len(MP4), **asked)
    assert await direct.create(len(MP4), **asked) == upload
    await direct.put(upload, MP4)
    await direct.complete(upload.id)
    assert await direct.create(len(MP4), **asked) == upload


async def test_fields_after_the_file_make_the_same_request_as_those_before_it(send: Send) -> None:
    first = await send(key=KEY, options_json=OPTIONS)
    assert await send(key=KEY, after=upload_pb2.UploadDetails(options_json=OPTIONS)) == first


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
async def test_another_upload_under_the_same_key_is_refused(
    send: Send, query: Query, left: Left, other: dict[str, Any]
) -> None:
    first = await send(key=KEY)
    with pytest.raises(Invalid) as refused:
        await send(**{"body": MP4, "key": KEY, **other})
    assert (refused.value.code, refused.value.fields[0].field) == ("idempotency_key_reused", "Idempotency-Key")
    assert [str(row["id"]) for row in await query("SELECT id FROM videos")] == [first.id]
    assert await left() == [f"sources/{first.id}"]
    assert await send(key=KEY) == first


@pytest.mark.parametrize("other", [{"size_bytes": 8}, {"filename": "other.mkv"}, {"sha256": "0" * 64}])
async def test_another_upload_in_parts_under_the_same_key_is_refused(
    direct: Any, query: Query, other: dict[str, Any]
) -> None:
    await direct.create(9, idempotency_key=KEY)
    with pytest.raises(Invalid) as refused:
        await direct.create(**{"size_bytes": 9, "idempotency_key": KEY, **other})
    assert refused.value.code == "idempotency_key_reused"
    assert len(await query("SELECT 1 FROM videos")) == 1


async def test_a_key_counts_over_all_calls(send: Send, direct: Any) -> None:
    await send(key=KEY)
    with pytest.raises(Invalid) as refused:
        await direct.create(len(MP4), filename="film.mp4", idempotency_key=KEY)
    assert refused.value.code == "idempotency_key_reused"
    await direct.create(len(MP4), filename="film.mp4", idempotency_key="another")
    with pytest.raises(Invalid) as refused:
        await send(key="another")
    assert refused.value.code == "idempotency_key_reused"


async def test_another_users_same_key_is_another_key(send: Send) -> None:
    other = uuid4()
    ours, theirs = await send(key=KEY), await send(key=KEY, owner=other)
    assert ours.id != theirs.id
    assert (await send(key=KEY), await send(key=KEY, owner=other)) == (ours, theirs)


async def test_without_a_key_each_request_is_one_of_its_own(send: Send, query: Query) -> None:
    assert (await send()).id != (await send()).id
    assert await query("SELECT 1 FROM idempotency_keys") == []


async def test_what_is_no_key_is_refused(send: Send, direct: Any, query: Query) -> None:
    for call in (send(key="é"), direct.create(9, idempotency_key="x" * 256)):
        with pytest.raises(Invalid) as refused:
            await call
        assert refused.value.code == "invalid_idempotency_key"
    assert await query("SELECT 1 FROM videos") == []


async def test_a_refused_request_leaves_its_key_free(send: Send, query: Query) -> None:
    with pytest.raises(Unsupported):
        await send(b"This is no video. " * 100, key=KEY)
    assert await query("SELECT 1 FROM idempotency_keys") == []
    assert (await send(key=KEY)).status == "queued"


async def test_a_key_is_held_as_long_as_its_request_is_under_way(
    *,
    send: Send,
    direct: Any,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    held: Callable[[], Awaitable[Any]],
    eventually: Eventually,
) -> None:
    more = asyncio.Event()
    call = stub.StreamUpload(stream(user_id, more))
    began = await eventually(held)

    async def renewed() -> bool:
        return bool((now := await held()) and now - began > timedelta(seconds=1.5))

    assert await eventually(renewed), "it has been under way for longer than one lease"
    for other in (send(key=KEY), direct.create(9, idempotency_key=KEY)):
        with pytest.raises(Conflict) as refused:
            await other
        assert refused.value.code == "idempotency_key_in_use"
    more.set()
    first = await call
    assert await send(key=KEY) == first


async def stream(user_id: UUID, more: asyncio.Event) -> AsyncIterator[Request]:
    """The film, its last byte only when it may come."""
    header = upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mp4", idempotency_key=KEY)
    yield Request(header=header)
    yield Request(chunk=MP4[:-1])
    await more.wait()
    yield Request(chunk=MP4[-1:])
    yield Request(trailer=upload_pb2.UploadTrailer())


async def test_a_client_that_vanishes_leaves_its_key_free(
    *,
    send: Send,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    held: Callable[[], Awaitable[Any]],
    eventually: Eventually,
) -> None:
    call = stub.StreamUpload(stream(user_id, asyncio.Event()))
    await eventually(held)
    call.cancel()

    async def free() -> bool:
        return await held() is None

    assert await eventually(free)
    assert (await send(key=KEY)).status == "queued"


async def test_keys_are_forgotten_in_time(send: Send, query: Query, at_once: Sweeping) -> None:
    first = await send(key=KEY)
    (row,) = await query("SELECT expires_at - now() AS rest FROM idempotency_keys")
    assert timedelta(hours=23) < row["rest"] <= timedelta(hours=24)
    assert (await at_once.sweep()).idempotency_keys == 0
    await query("UPDATE idempotency_keys SET expires_at = now()")
    assert (await at_once.sweep()).idempotency_keys == 1
    assert (await send(key=KEY)).id != first.id


async def test_a_video_and_its_key_are_one(send: Send, query: Query, left: Left, database: Database) -> None:
    await as_owner(database, "ALTER TABLE idempotency_keys ADD CONSTRAINT refused CHECK (video_id IS NULL) NOT VALID")
    try:
        with pytest.raises(grpc.aio.AioRpcError):
            await send(key=KEY)
    finally:
        await as_owner(database, "ALTER TABLE idempotency_keys DROP CONSTRAINT refused")
    assert (await query("SELECT 1 FROM videos"), await left()) == ([], [])
    assert (await send(key=KEY)).status == "queued"


async def as_owner(database: Database, statement: str) -> None:
    owner = create_async_engine(database.owner_dsn)
    async with owner.begin() as connection:
        await connection.execute(sa.text(statement))
    await owner.dispose()
