"""Uploads whose end was cut off, is asked for twice, or comes with another."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.errors import Conflict, Gone
from fiapx_common.messaging import Message
from fiapx_common.object_store import MinioObjectStore
from fiapx_proto.upload.v1 import upload_pb2
from upload_service.services.sweeping import Sweeping

Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]

FILM = b"\x1a\x45\xdf\xa3" + bytes(10 << 20)


@pytest.fixture
def join(store: MinioObjectStore, query: Query) -> Callable[[upload_pb2.Upload], Awaitable[None]]:
    """Joins the parts as a service would that is killed before it can write that down."""

    async def call(upload: upload_pb2.Upload) -> None:
        (row,) = await query("SELECT multipart_id FROM uploads WHERE video_id = :id", id=UUID(upload.id))
        key = f"sources/{upload.id}"
        parts = await store.list_parts(key, row["multipart_id"])
        await store.complete_multipart(key, row["multipart_id"], parts)

    return call


Join = Callable[[upload_pb2.Upload], Awaitable[None]]


async def test_what_was_joined_by_a_service_that_died_is_completed_by_the_next_call(direct: Any, join: Join) -> None:
    upload = await direct.send(FILM)
    await join(upload)
    assert (await direct.complete(upload.id)).status == "queued"


async def test_who_asks_what_is_missing_of_a_joined_upload_hears_that_it_is_complete(
    direct: Any, join: Join, query: Query
) -> None:
    upload = await direct.send(FILM)
    await join(upload)
    with pytest.raises(Conflict) as refused:
        await direct.get(upload.id)
    assert refused.value.code == "upload_completed"
    assert [row["status"] for row in await query("SELECT status FROM videos")] == ["queued"]


async def test_what_was_joined_but_never_queued_is_queued_when_its_time_is_over(
    *, direct: Any, join: Join, query: Query, at_once: Sweeping, left: Left
) -> None:
    upload = await direct.send(FILM)
    await join(upload)
    await query("UPDATE uploads SET expires_at = now()")
    assert (await at_once.sweep()).overdue == 1
    assert [row["status"] for row in await query("SELECT status FROM videos")] == ["queued"]
    assert await left() == [f"sources/{upload.id}"]


async def test_what_was_joined_and_is_no_video_fails_when_its_time_is_over(
    *, direct: Any, join: Join, query: Query, at_once: Sweeping, left: Left
) -> None:
    await join(await direct.send(b"Once upon a time\n" * 100))
    await query("UPDATE uploads SET expires_at = now()")
    assert (await at_once.sweep()).overdue == 1
    (row,) = await query("SELECT status, error FROM videos")
    assert (row["status"], row["error"]["code"]) == ("failed", "unsupported_container")
    assert await left() == []


async def test_an_upload_whose_parts_the_store_has_dropped_has_expired(
    direct: Any, store: MinioObjectStore, query: Query
) -> None:
    upload = await direct.send(FILM)
    (open_one,) = await store.list_multipart()
    await store.abort_multipart(open_one.key, open_one.upload_id)
    for _ in range(2):
        with pytest.raises(Gone) as refused:
            await direct.complete(upload.id)
        assert refused.value.code == "upload_expired"
    assert [row["status"] for row in await query("SELECT status FROM videos")] == ["failed"]


async def test_completed_by_several_at_once_it_is_one_video_announced_once(
    direct: Any, query: Query, heard: list[Message], eventually: Eventually
) -> None:
    async def published() -> bool:
        return await query("SELECT 1 FROM outbox") == [] and len(heard) > 0

    upload = await direct.send(FILM)
    videos = await asyncio.gather(*[direct.complete(upload.id) for _ in range(5)])
    assert {(video.id, video.status) for video in videos} == {(upload.id, "queued")}
    assert await eventually(published)
    assert len(heard) == 1


async def test_completed_while_it_is_deleted_it_is_deleted(
    *, direct: Any, stub: Any, user_id: UUID, left: Left, at_once: Sweeping
) -> None:
    uploads = [await direct.send(FILM) for _ in range(3)]
    deletions = [
        stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=upload.id)) for upload in uploads
    ]
    completions = [direct.complete(upload.id) for upload in uploads]
    await asyncio.gather(*completions, *deletions, return_exceptions=True)
    await at_once.sweep()
    assert await left() == []
