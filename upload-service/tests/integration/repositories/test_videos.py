"""Lists of videos: the owner's, newest first, page by page, filtered."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import Invalid
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
List = Callable[..., Awaitable[upload_pb2.ListVideosResponse]]


@pytest.fixture
def find(stub: "UploadServiceAsyncStub", user_id: UUID) -> List:
    async def call(**asked: Any) -> upload_pb2.ListVideosResponse:
        with answered_by("upload"):
            return await stub.ListVideos(upload_pb2.ListVideosRequest(**{"user_id": str(user_id), **asked}))

    return call


def names(answer: upload_pb2.ListVideosResponse) -> list[str]:
    return [video.filename for video in answer.videos]


async def test_pages_hold_each_video_once_and_the_newest_first(send: Send, find: List, query: Query) -> None:
    for number in range(5):
        await send(filename=f"{number}.mp4")
    # Two of the same moment: the id decides between them.
    await query("UPDATE videos SET created_at = '2026-01-01Z' WHERE filename IN ('0.mp4', '1.mp4')")
    first = await find(limit=2)
    second = await find(limit=2, cursor=first.next_cursor)
    third = await find(limit=2, cursor=second.next_cursor)
    assert names(first) + names(second)[:1] == ["4.mp4", "3.mp4", "2.mp4"]
    assert sorted(names(second)[1:] + names(third)) == ["0.mp4", "1.mp4"]
    assert third.next_cursor == ""


async def test_a_page_that_is_exactly_full_is_the_last_one(send: Send, find: List) -> None:
    await send()
    assert (await find(limit=1)).next_cursor == ""


async def test_videos_with_much_to_tell_come_on_shorter_pages(send: Send, find: List, query: Query) -> None:
    for number in range(6):
        await send(filename=f"{number}.mp4")
    await query("UPDATE videos SET options_json = options_json || repeat(' ', 1000000)")
    pages = [await find(limit=200)]
    while cursor := pages[-1].next_cursor:
        pages.append(await find(limit=200, cursor=cursor))
    assert [names(page) for page in pages] == [["5.mp4", "4.mp4"], ["3.mp4", "2.mp4"], ["1.mp4", "0.mp4"]]


async def test_filters_narrow_the_list(send: Send, find: List) -> None:
    await send(filename="Summer 100%.mp4", tags=["beach", "sea"], external_id="s-1")
    await send(filename="Winter_2.mp4", tags=["snow"])
    assert names(await find(query="summer")) == ["Summer 100%.mp4"]
    assert names(await find(query="%")) == ["Summer 100%.mp4"]
    assert names(await find(query="r_2")) == ["Winter_2.mp4"]
    assert names(await find(tag="sea")) == ["Summer 100%.mp4"]
    assert names(await find(external_id="s-1")) == ["Summer 100%.mp4"]
    assert names(await find(status="queued", tag="snow")) == ["Winter_2.mp4"]
    assert names(await find(status="completed")) == []


async def test_nobody_sees_anothers_list(send: Send, find: List) -> None:
    await send()
    assert names(await find(user_id=str(uuid4()))) == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"status": "done"}, "invalid_status"),
        ({"limit": 201}, "invalid_limit"),
        ({"limit": -1}, "invalid_limit"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"query": "x" * 256}, "invalid_q"),
        ({"user_id": "me"}, "invalid_user_id"),
    ],
)
async def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], code: str, find: List) -> None:
    with pytest.raises(Invalid) as refused:
        await find(**asked)
    assert refused.value.code == code
    assert len(refused.value.fields) == 1
