"""Uploads that come too slowly are given up, and leave nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from fiapx_common.errors import FiapxError
from fiapx_common.grpc.client import answered_by
from fiapx_proto.upload.v1 import upload_pb2
from upload_service.settings import StreamSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Left = Callable[[], Awaitable[list[str]]]
Request = upload_pb2.StreamUploadRequest

FILM = b"\x1a\x45\xdf\xa3" + bytes((6 << 20) - 4)


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    return {"stream": StreamSettings(stall_s=2, timeout_s=6)}


async def stream(user_id: UUID, pause_s: float) -> AsyncIterator[Request]:
    """A header, more than a part at once, and then a byte after each pause, for ever."""
    yield Request(header=upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv"))
    for start in range(0, len(FILM), 1 << 20):
        yield Request(chunk=FILM[start : start + (1 << 20)])
    for byte in repeat(b"x"):
        await asyncio.sleep(pause_s)
        yield Request(chunk=byte)


@pytest.mark.parametrize(
    ("pause_s", "reason"), [(60, "nothing came for 2 s"), (0.1, "more than 6 s")], ids=["stands still", "drips"]
)
async def test_an_upload_that_stands_still_or_takes_too_long_is_given_up(
    stub: "UploadServiceAsyncStub", user_id: UUID, left: Left, pause_s: float, reason: str
) -> None:
    with pytest.raises(FiapxError, match=reason) as refused, answered_by("upload"):
        await stub.StreamUpload(stream(user_id, pause_s))
    assert refused.value.code == "upload_too_slow"
    assert await left() == []
