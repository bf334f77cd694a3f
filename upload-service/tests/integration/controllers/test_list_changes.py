"""A video's record, asked for by its owner."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import NotFound
from fiapx_common.grpc.client import answered_by
from fiapx_models.events import Event, VideoProcessed
from fiapx_proto.upload.v1 import upload_pb2

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Watch = Callable[[upload_pb2.Video, str], Awaitable[upload_pb2.Video]]


async def history(
    stub: "UploadServiceAsyncStub", user_id: UUID, video_id: str, limit: int = 0
) -> list[list[dict[str, Any]]]:
    """All of it, page by page."""
    pages, after, more = list[list[dict[str, Any]]](), 0, True
    while more:
        request = upload_pb2.ListChangesRequest(user_id=str(user_id), video_id=video_id, limit=limit, after_seq=after)
        with answered_by("upload"):
            page = await stub.ListChanges(request)
        pages.append([json.loads(change.fields_json) for change in page.changes])
        after, more = page.changes[-1].seq, page.more
    return pages


async def test_a_videos_owner_is_told_what_became_of_it(
    *,
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    send: Send,
    watch: Watch,
    tell: Callable[..., Awaitable[None]],
    outcome: Callable[..., Event],
) -> None:
    video = await send()
    await tell(outcome(VideoProcessed, video))
    await watch(video, "completed")
    ((accepted, completed),) = await history(stub, user_id, video.id)
    assert (accepted["id"], accepted["status"], accepted["attempts"]) == (video.id, "queued", 1)
    assert accepted["options"] == json.loads(video.options_json)
    assert completed["status"] == "completed"
    assert completed["frame_count"] > 0
    assert [len(page) for page in await history(stub, user_id, video.id, limit=1)] == [1, 1]


async def test_nobody_else_is_told(stub: "UploadServiceAsyncStub", send: Send) -> None:
    video = await send()
    for user_id, video_id in ((uuid4(), video.id), (UUID(video.user_id), str(uuid4())), (UUID(video.user_id), "x")):
        with pytest.raises(NotFound) as refused:
            await history(stub, user_id, video_id)
        assert refused.value.code == "video_not_found"
