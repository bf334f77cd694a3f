"""Limits of a user, under parallel uploads too."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Conflict, Refused, TooLarge
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_testing.waiting import PATIENCE_S
from upload_service.settings import QuotaSettings, StreamSettings

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Left = Callable[[], Awaitable[list[str]]]

FILM = b"\x1a\x45\xdf\xa3" + bytes((1 << 20) - 4)


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    return {
        "quota": QuotaSettings(videos=3, stored_bytes=5 << 20),
        "stream": StreamSettings(at_once=2, wait_s=PATIENCE_S),
    }


async def test_parallel_uploads_do_not_pass_the_number_of_videos(send: Send, query: Query, left: Left) -> None:
    results = await asyncio.gather(*[send() for _ in range(10)], return_exceptions=True)
    refused = [each for each in results if isinstance(each, Refused)]
    assert [each.code for each in refused] == ["video_quota_exceeded"] * 7
    assert len(await query("SELECT 1 FROM videos")) == 3
    assert len(await left()) == 3


async def test_parallel_uploads_do_not_pass_the_bytes(send: Send, left: Left) -> None:
    results = await asyncio.gather(*[send(FILM * 2) for _ in range(6)], return_exceptions=True)
    refused = [each for each in results if isinstance(each, TooLarge)]
    assert [each.code for each in refused] == ["storage_quota_exceeded"] * 4
    assert len(await left()) == 2


async def test_uploads_begun_in_parallel_count_with_the_size_that_they_declare(direct: Any, left: Left) -> None:
    results = await asyncio.gather(*[direct.create(2 << 20) for _ in range(6)], return_exceptions=True)
    refused = [each for each in results if isinstance(each, TooLarge)]
    assert [each.code for each in refused] == ["storage_quota_exceeded"] * 4
    assert len(await left()) == 2


async def test_what_one_user_keeps_does_not_count_for_another(send: Send) -> None:
    for _ in range(3):
        await send()
    assert (await send(owner=uuid4())).status == "queued"


async def test_a_deleted_video_makes_room(send: Send, query: Query) -> None:
    for _ in range(3):
        await send()
    with pytest.raises(Conflict):
        await send()
    await query("UPDATE videos SET deleted_at = now() WHERE id = (SELECT id FROM videos LIMIT 1)")
    assert (await send()).status == "queued"


async def test_archives_count_until_they_expire(send: Send, query: Query) -> None:
    await send()
    await query("UPDATE videos SET archive_bytes = 5242880, expires_at = now() + interval '1 minute'")
    with pytest.raises(TooLarge):
        await send()
    await query("UPDATE videos SET expires_at = now()")
    assert (await send()).status == "queued"
