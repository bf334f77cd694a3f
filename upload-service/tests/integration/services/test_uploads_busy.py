"""A process that carries as many streams as it may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from fiapx_common.errors import FiapxError, Unavailable
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2
from upload_service.settings import StreamSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    return {"stream": StreamSettings(at_once=1, wait_s=0.5)}


async def test_an_upload_that_finds_no_place_is_told_to_come_again(
    stub: "UploadServiceAsyncStub", send: Send, user_id: UUID
) -> None:
    under_way, over = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[upload_pb2.StreamUploadRequest]:
        yield upload_pb2.StreamUploadRequest(header=upload_pb2.UploadHeader(user_id=str(user_id)))
        for _ in range(40):
            yield upload_pb2.StreamUploadRequest(chunk=b"\x1a\x45\xdf\xa3" + bytes(256 << 10))
        under_way.set()
        await over.wait()

    first = asyncio.create_task(_refusal(stub, slow()))
    await under_way.wait()
    with pytest.raises(Unavailable) as refused:
        await send()
    assert (refused.value.code, refused.value.retry_after_s) == ("uploads_busy", 5)
    over.set()
    assert await first == "incomplete_upload"


async def _refusal(stub: "UploadServiceAsyncStub", messages: AsyncIterator[upload_pb2.StreamUploadRequest]) -> str:
    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(messages)
    return refused.value.code
