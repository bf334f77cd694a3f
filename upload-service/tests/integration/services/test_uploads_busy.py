"""A process that carries as many streams as it may, in all or of one user."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from fiapx_common.errors import FiapxError, Unavailable
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2
from upload_service.settings import StreamSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Coroutine[Any, Any, upload_pb2.Video]]


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    return {"stream": StreamSettings(at_once=3, of_one_user=2, wait_s=2)}


async def test_an_upload_that_finds_no_place_is_told_to_come_again(stub: "UploadServiceAsyncStub", send: Send) -> None:
    async with AsyncExitStack() as under_way:
        for owner in (uuid4(), uuid4(), uuid4()):
            await under_way.enter_async_context(slow_upload(stub, owner))
        with pytest.raises(Unavailable) as refused:
            await send()
    assert (refused.value.code, refused.value.retry_after_s) == ("uploads_busy", 5)
    assert (await send()).status == "queued"


async def test_one_user_does_not_take_the_places_of_all(
    stub: "UploadServiceAsyncStub", send: Send, user_id: UUID
) -> None:
    async with slow_upload(stub, user_id), slow_upload(stub, user_id):
        one_more = asyncio.create_task(send())
        assert (await send(owner=uuid4())).status == "queued"
        with pytest.raises(Unavailable) as refused:
            await one_more
    assert refused.value.code == "uploads_busy"
    assert (await send()).status == "queued"


@asynccontextmanager
async def slow_upload(stub: "UploadServiceAsyncStub", owner: UUID) -> AsyncIterator[None]:
    """A stream that has its place, and sends nothing more until it is left; then it ends in the middle."""
    under_way, over = asyncio.Event(), asyncio.Event()

    async def messages() -> AsyncIterator[upload_pb2.StreamUploadRequest]:
        yield upload_pb2.StreamUploadRequest(header=upload_pb2.UploadHeader(user_id=str(owner)))
        for _ in range(40):
            yield upload_pb2.StreamUploadRequest(chunk=b"\x1a\x45\xdf\xa3" + bytes(256 << 10))
        under_way.set()
        await over.wait()

    upload = asyncio.create_task(_refusal(stub, messages()))
    await under_way.wait()
    try:
        yield
    finally:
        over.set()
        assert await upload == "incomplete_upload"


async def _refusal(stub: "UploadServiceAsyncStub", messages: AsyncIterator[upload_pb2.StreamUploadRequest]) -> str:
    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(messages)
    return refused.value.code
