"""What the sweeper removes, and what it leaves alone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.object_store import MinioObjectStore
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.proxies import TcpProxy
from upload_service.services.sweeping import Sweeping, Swept
from upload_service.settings import Settings

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Left = Callable[[], Awaitable[list[str]]]

NOTHING = Swept(0, 0, 0, 0, 0, 0, 0, 0)


async def test_files_and_unfinished_uploads_without_a_row_go(
    send: Send, store: MinioObjectStore, left: Left, at_once: Sweeping
) -> None:
    video = await send()
    await store.put(f"sources/{uuid4()}", b"orphan")
    await store.create_multipart(f"sources/{uuid4()}")
    swept = await at_once.sweep()
    assert (swept.orphans, swept.unfinished) == (1, 1)
    assert await left() == [f"sources/{video.id}"]
    assert await at_once.sweep() == NOTHING


async def test_more_leftovers_than_one_batch_go_in_one_round(
    send: Send, store: MinioObjectStore, query: Query, left: Left, at_once: Sweeping
) -> None:
    for _ in range(3):
        await send()
        await store.put(f"sources/{uuid4()}", b"orphan")
    await query("UPDATE videos SET deleted_at = now()")
    swept = await at_once.sweep()
    assert (swept.unwanted_sources, swept.orphans) == (3, 3)
    assert await left() == []


async def test_what_is_younger_than_the_grace_time_stays(
    store: MinioObjectStore, left: Left, sweeper: Callable[[timedelta], Sweeping]
) -> None:
    await store.put(f"sources/{uuid4()}", b"perhaps its row is just being written")
    await store.create_multipart(f"sources/{uuid4()}")
    assert await sweeper(timedelta(hours=7)).sweep() == NOTHING
    assert len(await left()) == 2


async def test_what_others_own_stays(store: MinioObjectStore, left: Left, at_once: Sweeping) -> None:
    await store.put(f"results/{uuid4()}/1/frames.zip", b"frames")
    await store.put("sources/readme", b"no video's")
    assert await at_once.sweep() == NOTHING
    assert len(await left()) == 2


async def test_the_file_of_a_deleted_video_goes_even_if_young(
    send: Send, query: Query, left: Left, sweeper: Callable[[timedelta], Sweeping]
) -> None:
    await send()
    await query("UPDATE videos SET deleted_at = now()")
    assert (await sweeper(timedelta(hours=7)).sweep()).unwanted_sources == 1
    assert await left() == []


async def test_the_file_of_an_ended_video_goes_when_its_time_is_over(
    send: Send, query: Query, left: Left, sweeper: Callable[[timedelta], Sweeping]
) -> None:
    ended, running = await send(), await send()
    await query("UPDATE videos SET source_expires_at = now() - interval '1 day'")
    await query("UPDATE videos SET status = 'failed' WHERE id = :id", id=UUID(ended.id))
    assert (await sweeper(timedelta(hours=7)).sweep()).unwanted_sources == 1
    assert await left() == [f"sources/{running.id}"]


async def test_ids_of_messages_taken_in_long_ago_are_forgotten(query: Query, at_once: Sweeping) -> None:
    await query("INSERT INTO inbox VALUES ('old', 'upload.outcomes', now() - interval '8 days')")
    await query("INSERT INTO inbox VALUES ('new', 'upload.outcomes', now())")
    assert (await at_once.sweep()).messages == 1
    assert [row["message_id"] for row in await query("SELECT message_id FROM inbox")] == ["new"]


@pytest.fixture(scope="module")
def changes(settings: Settings, store_gate: TcpProxy) -> dict[str, Any]:
    return {"store": settings.store.model_copy(update={"endpoint": store_gate.address, "timeout_s": 2.0})}


async def test_a_deletion_while_the_store_is_down_is_finished_by_the_sweeper(
    *, send: Send, stub: Any, user_id: UUID, store_proxy: TcpProxy, left: Left, at_once: Sweeping
) -> None:
    video = await send()
    store_proxy.cut()
    await stub.DeleteVideo(upload_pb2.DeleteVideoRequest(user_id=str(user_id), video_id=video.id))
    assert await left() == [f"sources/{video.id}"]
    assert (await at_once.sweep()).unwanted_sources == 1
    assert await left() == []


async def test_an_upload_while_the_store_is_down_is_told_to_come_again(
    send: Send, store_proxy: TcpProxy, query: Query
) -> None:
    store_proxy.cut()
    with pytest.raises(Unavailable):
        await send()
    assert await query("SELECT 1 FROM videos") == []
