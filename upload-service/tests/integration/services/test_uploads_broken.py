"""Uploads that end badly leave nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
import sqlalchemy as sa
from fiapx_common.errors import FiapxError, Unavailable
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.running import Started
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceStub
from fiapx_testing.databases import Database
from fiapx_testing.proxies import TcpProxy
from fiapx_testing.waiting import PATIENCE_S
from sqlalchemy.ext.asyncio import create_async_engine
from upload_service.settings import QuotaSettings, StreamSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
Query = Callable[..., Awaitable[list[dict[str, Any]]]]
Eventually = Callable[[Callable[[], Awaitable[Any]]], Awaitable[Any]]
Left = Callable[[], Awaitable[list[str]]]
Request = upload_pb2.StreamUploadRequest

MIB = 1 << 20
LIMIT_BYTES = 12 * MIB
FILM = b"\x1a\x45\xdf\xa3" + bytes(MIB - 4)

REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the server goes down' USING ERRCODE = '57P01'; END $$
"""
REFUSE_AT_COMMIT = """
    CREATE CONSTRAINT TRIGGER refuse_at_commit AFTER INSERT ON videos DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION refuse()
"""


@pytest.fixture(scope="module")
def changes() -> dict[str, Any]:
    return {"quota": QuotaSettings(file_bytes=LIMIT_BYTES), "stream": StreamSettings(part_bytes=5 * MIB)}


async def stream(user_id: UUID, chunks: int, *, pause_s: float = 0.0, fast: int = 0) -> AsyncIterator[Request]:
    """A header, chunks of 1 MiB with a pause after all but the `fast` first, and nothing that says: this was all."""
    yield Request(header=upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv"))
    for number in range(chunks):
        yield Request(chunk=FILM)
        await asyncio.sleep(pause_s if number >= fast else 0)


async def test_a_client_that_vanishes_midway_leaves_nothing(
    *,
    service: Started,
    proxy: Callable[[str, int], Awaitable[TcpProxy]],
    user_id: UUID,
    query: Query,
    left: Left,
    eventually: Eventually,
) -> None:
    async def clean() -> bool:
        return await left() == []

    host, _, port = (service.grpc or "").partition(":")
    gate = await proxy(host, int(port))
    async with open_channel(f"ipv4:{gate.address}", timeout_s=2 * PATIENCE_S) as channel:
        call = asyncio.create_task(
            _code(UploadServiceStub(channel).StreamUpload(stream(user_id, 11, pause_s=0.6, fast=5)))
        )
        assert await eventually(left) != []
        gate.cut()
        assert await call == "service_unavailable"
    assert await eventually(clean)
    assert await query("SELECT 1 FROM videos") == []


async def _code(call: Awaitable[upload_pb2.Video]) -> str:
    """What a call is refused with."""
    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await call
    return refused.value.code


async def test_a_stream_that_ends_without_a_trailer_is_refused(
    stub: "UploadServiceAsyncStub", user_id: UUID, left: Left
) -> None:
    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(stream(user_id, 11))
    assert refused.value.code == "incomplete_upload"
    assert await left() == []


async def test_a_stream_that_does_not_begin_with_a_header_is_refused(stub: "UploadServiceAsyncStub") -> None:
    async def headless() -> AsyncIterator[Request]:
        yield Request(chunk=FILM)

    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(headless())
    assert refused.value.code == "invalid_stream"


async def test_a_second_header_is_refused(stub: "UploadServiceAsyncStub", user_id: UUID) -> None:
    async def doubled() -> AsyncIterator[Request]:
        for _ in range(2):
            async for request in stream(user_id, 1):
                yield request

    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(doubled())
    assert refused.value.code == "invalid_stream"


async def test_a_file_that_grows_beyond_the_limit_is_refused_while_it_comes(
    stub: "UploadServiceAsyncStub", user_id: UUID, left: Left
) -> None:
    sent = 0

    async def counted() -> AsyncIterator[Request]:
        nonlocal sent
        async for request in stream(user_id, 200, pause_s=0.01):
            sent += 1
            yield request

    with pytest.raises(FiapxError) as refused, answered_by("upload"):
        await stub.StreamUpload(counted())
    assert refused.value.code == "file_too_large"
    assert sent < 100
    assert await left() == []


async def test_a_file_declared_larger_than_the_limit_is_refused_before_it_comes(send: Send) -> None:
    with pytest.raises(FiapxError) as refused:
        await send(declared=LIMIT_BYTES + MIB)
    assert refused.value.code == "file_too_large"


async def test_a_file_of_exactly_the_limit_is_accepted(send: Send) -> None:
    video = await send(FILM * 12, declared=LIMIT_BYTES + 300)
    assert video.size_bytes == LIMIT_BYTES


async def test_a_file_of_whole_parts_has_no_empty_last_one(send: Send, store: MinioObjectStore) -> None:
    video = await send(FILM * 10)
    assert (await store.stat(f"sources/{video.id}")).etag.endswith("-2")


async def test_a_file_shorter_than_the_head_is_taken_whole(send: Send, store: MinioObjectStore) -> None:
    video = await send(FILM[:100])
    assert await store.read_all(f"sources/{video.id}") == FILM[:100]


async def test_chunks_without_bytes_are_no_end(stub: "UploadServiceAsyncStub", user_id: UUID) -> None:
    async def gappy() -> AsyncIterator[Request]:
        async for request in stream(user_id, 1):
            yield request
            yield Request(chunk=b"")
        yield Request(trailer=upload_pb2.UploadTrailer())

    assert (await stub.StreamUpload(gappy())).size_bytes == MIB


@pytest_asyncio.fixture(loop_scope="module")
async def refusing_commits(database: Database) -> AsyncIterator[None]:
    """The database loses the connection of whoever commits a new video."""
    owner = create_async_engine(database.owner_dsn)
    async with owner.begin() as connection:
        await connection.execute(sa.text(REFUSE))
        await connection.execute(sa.text(REFUSE_AT_COMMIT))
    yield
    async with owner.begin() as connection:
        await connection.execute(sa.text("DROP FUNCTION refuse CASCADE"))
    await owner.dispose()


@pytest.mark.usefixtures("refusing_commits")
async def test_a_commit_whose_outcome_is_unknown_keeps_the_file(send: Send, query: Query, left: Left) -> None:
    with pytest.raises(Unavailable):
        await send()
    assert await query("SELECT 1 FROM videos") == []
    assert len(await left()) == 1


async def test_refusals_are_counted_by_their_code(send: Send, service: Started) -> None:
    with pytest.raises(FiapxError):
        await send(b"")
    page = await _metrics(service)
    assert 'fiapx_uploads_refused_total{code="empty_file"}' in page


async def _metrics(service: Started) -> str:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client:
        return (await client.get(f"http://{service.ops}/metrics")).text
