"""The service as a process of its own: its memory, its end, its migrations."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import grpc
import httpx
import pytest
import pytest_asyncio
from fiapx_common.errors import Conflict
from fiapx_common.grpc.client import open_channel
from fiapx_common.object_store import MinioObjectStore
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceStub
from fiapx_testing.databases import Database
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.plugin import CreateDatabase
from upload_service.settings import Settings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

FOLDER = Path(__file__).parents[2]
MIB = 1 << 20
LEASE_S = 2
CHUNK = b"\x1a\x45\xdf\xa3" + bytes(MIB // 4 - 4)


def environment(settings: Settings, database: Database) -> dict[str, str]:
    store = settings.store
    return {
        **os.environ,
        "MALLOC_ARENA_MAX": "2",  # as in the Dockerfile
        "UPLOAD_POSTGRES__DSN": database.dsn,
        "UPLOAD_POSTGRES__OWNER_DSN": database.owner_dsn,
        "UPLOAD_BROKER__URL": settings.broker.url.get_secret_value(),
        "UPLOAD_REDIS__URL": settings.redis.url.get_secret_value(),
        "UPLOAD_STORE__ENDPOINT": store.endpoint,
        "UPLOAD_STORE__ACCESS_KEY": store.access_key.get_secret_value(),
        "UPLOAD_STORE__SECRET_KEY": store.secret_key.get_secret_value(),
        "UPLOAD_STORE__BUCKET": store.bucket,
        "UPLOAD_IDEMPOTENCY__LEASE": f"PT{LEASE_S}S",
    }


@pytest_asyncio.fixture(loop_scope="module")
async def start(settings: Settings, database: Database) -> AsyncIterator[Callable[[], Awaitable[Process]]]:
    """Starts the service as often as asked; what still runs in the end is killed."""
    processes: list[Process] = []

    async def call() -> Process:
        processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "upload_service", cwd=FOLDER, env=environment(settings, database), stdout=PIPE
            )
        )
        return processes[-1]

    yield call
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest_asyncio.fixture(loop_scope="module")
async def process(start: Callable[[], Awaitable[Process]]) -> Process:
    return await start()


async def grpc_address(process: Process) -> str:
    """What the process says of itself in its log."""
    assert process.stdout is not None
    async for line in process.stdout:
        if found := re.search(rb'"grpc":\s*"([^"]+)"', line):
            return found[1].decode()
    raise AssertionError("the service did not start")


def peak_mb(process: Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


async def film(user_id: UUID, size_mib: int) -> AsyncIterator[upload_pb2.StreamUploadRequest]:
    yield upload_pb2.StreamUploadRequest(header=upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv"))
    for _ in range(4 * size_mib):
        yield upload_pb2.StreamUploadRequest(chunk=CHUNK)
    yield upload_pb2.StreamUploadRequest(trailer=upload_pb2.UploadTrailer())


async def test_a_long_stream_takes_little_more_memory_than_a_short_one(process: Process, user_id: UUID) -> None:
    async with open_channel(f"ipv4:{await grpc_address(process)}", timeout_s=100) as channel:
        stub = UploadServiceStub(channel)
        await stub.StreamUpload(film(user_id, 1))
        before_mb = peak_mb(process)
        video = await stub.StreamUpload(film(user_id, 300))
        after_mb = peak_mb(process)
    assert video.size_bytes == 300 * MIB
    assert after_mb - before_mb < 55
    assert after_mb < 200


async def test_an_upload_in_parts_goes_on_at_another_service_after_its_own_was_killed(
    *,
    start: Callable[[], Awaitable[Process]],
    direct_client: Callable[..., Any],
    stub: "UploadServiceAsyncStub",
    user_id: UUID,
    store: MinioObjectStore,
) -> None:
    body = CHUNK + os.urandom(18 * MIB)
    process = await start()
    async with open_channel(f"ipv4:{await grpc_address(process)}", timeout_s=60) as channel:
        killed = direct_client(UploadServiceStub(channel), user_id)
        upload = await killed.create(len(body))
        (signed,) = await killed.sign(upload.id, 2)
        assert peak_mb(process) < 200
        process.kill()
        await process.communicate()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as browser:
        part = body[upload.part_size_bytes : 2 * upload.part_size_bytes]
        (await browser.put(signed.url, content=part)).raise_for_status()
    other = direct_client(stub, user_id)
    found = await other.get(upload.id)
    assert [part.part_number for part in found.parts] == [2]
    await other.put(found, body, 1, 3)
    video = await other.complete(upload.id)
    assert (video.status, video.size_bytes) == ("queued", len(body))
    assert await store.read_all(f"sources/{video.id}") == body


async def test_the_key_of_an_upload_that_was_killed_midway_is_good_again_after_the_lease(
    *,
    start: Callable[[], Awaitable[Process]],
    send: Callable[..., Awaitable[upload_pb2.Video]],
    query: Callable[..., Awaitable[Any]],
    eventually: Callable[..., Awaitable[Any]],
    user_id: UUID,
) -> None:
    async def claimed() -> Any:
        return await query("SELECT 1 FROM idempotency_keys")

    async def endless() -> AsyncIterator[upload_pb2.StreamUploadRequest]:
        header = upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv", idempotency_key="key")
        yield upload_pb2.StreamUploadRequest(header=header)
        while True:
            yield upload_pb2.StreamUploadRequest(chunk=CHUNK)
            await asyncio.sleep(0.1)

    async def accepted() -> Any:
        try:
            return await send(CHUNK, key="key")
        except Conflict as refused:
            if refused.code != "idempotency_key_in_use":
                raise
            return None

    process = await start()
    async with open_channel(f"ipv4:{await grpc_address(process)}", timeout_s=60) as channel:
        killed = UploadServiceStub(channel).StreamUpload(endless())
        assert await eventually(claimed)
        process.kill()
        await process.communicate()
        with pytest.raises(grpc.aio.AioRpcError):
            await killed
    assert await claimed(), "whoever was killed could not set it free"
    video = await eventually(accepted)
    assert [row["id"] for row in await query("SELECT id FROM videos")] == [UUID(video.id)]
    assert await send(CHUNK, key="key") == video


async def test_at_sigterm_an_upload_under_way_is_finished_and_then_the_process_ends(
    process: Process, user_id: UUID
) -> None:
    half_way = 8

    async def slow() -> AsyncIterator[upload_pb2.StreamUploadRequest]:
        position = 0
        async for request in film(user_id, 4):
            yield request
            position += 1
            if position == half_way:  # far past the stream's window: the service has begun to read
                process.send_signal(signal.SIGTERM)
                await asyncio.sleep(1)

    async with open_channel(f"ipv4:{await grpc_address(process)}", timeout_s=30) as channel:
        video = await UploadServiceStub(channel).StreamUpload(slow())
        assert video.status == "queued"
        await process.communicate()
        assert process.returncode == 0
        with pytest.raises(grpc.aio.AioRpcError):
            await UploadServiceStub(channel).GetVideo(upload_pb2.GetVideoRequest(), timeout=1)


async def test_migrating_makes_the_schema_and_the_bucket_and_may_be_repeated(
    settings: Settings, postgres_database: CreateDatabase, object_store: StoreSettings
) -> None:
    empty = await asyncio.to_thread(postgres_database, "upload")
    bucket = f"{object_store.bucket}-new"
    variables = {**environment(settings, empty), "UPLOAD_STORE__BUCKET": bucket}
    for _ in range(2):
        migrating = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "upload_service.migrate", cwd=FOLDER, env=variables, stdout=PIPE
        )
        await migrating.communicate()
        assert migrating.returncode == 0
    client = object_store.client()
    assert client.bucket_exists(bucket)
    client.remove_bucket(bucket)
