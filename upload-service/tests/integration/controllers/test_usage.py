"""What a user has, and may have, asked for by its owner."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]


async def usage_of(stub: "UploadServiceAsyncStub", user_id: UUID) -> upload_pb2.Usage:
    with answered_by("upload"):
        return await stub.GetUsage(upload_pb2.GetUsageRequest(user_id=str(user_id)))


async def test_usage_is_what_is_stored_of_this_user_alone(
    stub: "UploadServiceAsyncStub", user_id: UUID, send: Send
) -> None:
    video = await send()

    mine, others = await usage_of(stub, user_id), await usage_of(stub, uuid4())

    assert (mine.videos, mine.stored_bytes) == (1, video.size_bytes)
    assert (others.videos, others.stored_bytes) == (0, 0)
    assert mine.most_videos > 0
    assert mine.most_stored_bytes >= mine.most_file_bytes > 0
