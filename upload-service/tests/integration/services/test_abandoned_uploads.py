"""Uploads that nobody goes on with."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Gone
from fiapx_common.object_store import MinioObjectStore
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.proxies import TcpProxy
from upload_service.services.sweeping import Sweeping
from upload_service.settings import Settings

Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Left = Callable[[], Awaitable[list[str]]]

FILM = b"\x1a\x45\xdf\xa3" + bytes(10 << 20)


@pytest.fixture(scope="module")
def changes(settings: Settings, store_gate: TcpProxy) -> dict[str, Any]:
    return {"store": settings.store.model_copy(update={"endpoint": store_gate.address, "timeout_s": 2.0})}


async def test_an_upload_whose_time_is_over_fails_and_leaves_nothing(
    *, direct: Any, stub: Any, user_id: UUID, query: Query, left: Left, at_once: Sweeping
) -> None:
    late, early = await direct.create(len(FILM)), await direct.create(len(FILM))
    await direct.put(late, FILM, 1)
    await query("UPDATE uploads SET expires_at = now() WHERE video_id = :id", id=UUID(late.id))
    with pytest.raises(Gone) as refused:
        await direct.sign(late.id, 2)
    assert refused.value.code == "upload_expired"
    swept = await asyncio.gather(at_once.sweep(), at_once.sweep())
    assert sum(each.overdue for each in swept) == 1
    assert await left() == [f"sources/{early.id} (unfinished)"]
    video = await stub.GetVideo(upload_pb2.GetVideoRequest(user_id=str(user_id), video_id=late.id))
    assert (video.status, video.error.code) == ("failed", "upload_expired")
    with pytest.raises(Gone):
        await direct.complete(late.id)


async def test_an_upload_without_a_row_goes_after_the_grace_time(
    store: MinioObjectStore, left: Left, at_once: Sweeping, sweeper: Callable[[timedelta], Sweeping]
) -> None:
    await store.create_multipart(f"sources/{uuid4()}")
    assert (await sweeper(timedelta(hours=7)).sweep()).unfinished == 0
    assert (await at_once.sweep()).unfinished == 1
    assert await left() == []


async def test_an_upload_given_up_while_the_store_was_down_goes_later(
    *, direct: Any, store_proxy: TcpProxy, left: Left, at_once: Sweeping
) -> None:
    uploads = [await direct.create(len(FILM)) for _ in range(3)]
    store_proxy.cut()
    for upload in uploads:
        await direct.abort(upload.id)
    assert len(await left()) == 3
    assert (await at_once.sweep()).unfinished == 3
    assert await left() == []
