"""Watchers are told without Redis, from other replicas, and are sent on when theirs ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import grpc
import pytest
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.redis import redis_client
from fiapx_common.settings import GrpcSettings, RedisSettings
from fiapx_proto.upload.v1 import upload_pb2
from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceStub
from fiapx_testing.waiting import PATIENCE_S
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from upload_service.bootstrap import running
from upload_service.repositories.change_records import PostgresChangeRecords
from upload_service.repositories.change_signals import RedisChangeSignals
from upload_service.services.watching import Watching
from upload_service.settings import Settings, WatchSettings

if TYPE_CHECKING:
    from fiapx_proto.upload.v1.upload_pb2_grpc import UploadServiceAsyncStub

Send = Callable[..., Awaitable[upload_pb2.Video]]
NEVER_S = 3600
LONG_JSON = json.dumps({"notes": "x" * 3900})


async def film(user_id: UUID, metadata_json: str = "") -> AsyncIterator[upload_pb2.StreamUploadRequest]:
    details = upload_pb2.UploadDetails(metadata_json=metadata_json)
    yield upload_pb2.StreamUploadRequest(header=upload_pb2.UploadHeader(user_id=str(user_id), filename="film.mkv"))
    yield upload_pb2.StreamUploadRequest(chunk=b"\x1a\x45\xdf\xa3" + bytes(4096))
    yield upload_pb2.StreamUploadRequest(trailer=upload_pb2.UploadTrailer(details=details))


async def test_without_redis_changes_are_found_by_looking(settings: Settings, user_id: UUID) -> None:
    nowhere = RedisSettings(url=SecretStr("redis://127.0.0.1:1/0"))
    update = {"redis": nowhere, "watch": WatchSettings(poll_s=0.1)}
    async with (
        running(settings.model_copy(update=update)) as started,
        open_channel(f"ipv4:{started.grpc}", timeout_s=PATIENCE_S) as channel,
    ):
        stub = UploadServiceStub(channel)
        call = stub.WatchVideos(upload_pb2.WatchVideosRequest(user_id=str(user_id))).__aiter__()
        await anext(call)
        video = await stub.StreamUpload(film(user_id))
        assert (await anext(call)).video == video
        again = await stub.GetVideo(upload_pb2.GetVideoRequest(user_id=str(user_id), video_id=video.id))
        assert again == video


async def test_a_change_at_one_replica_is_told_at_another_without_looking(settings: Settings, user_id: UUID) -> None:
    unlooking = settings.model_copy(update={"watch": WatchSettings(poll_s=NEVER_S)})
    async with AsyncExitStack() as stack:
        here, there = [await stack.enter_async_context(running(unlooking)) for _ in range(2)]
        stubs = [
            UploadServiceStub(await stack.enter_async_context(open_channel(f"ipv4:{one.grpc}", timeout_s=PATIENCE_S)))
            for one in (here, there)
        ]
        call = stubs[0].WatchVideos(upload_pb2.WatchVideosRequest(user_id=str(user_id))).__aiter__()
        await anext(call)
        video = await stubs[1].StreamUpload(film(user_id))
        assert (await anext(call)).video == video


async def test_when_the_service_ends_watchers_are_sent_on_at_once(settings: Settings, user_id: UUID) -> None:
    patient = settings.model_copy(update={"grpc": GrpcSettings(drain_s=NEVER_S)})
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(AsyncExitStack())
        started = await service.enter_async_context(running(patient))
        channel = await stack.enter_async_context(open_channel(f"ipv4:{started.grpc}", timeout_s=NEVER_S))
        call = UploadServiceStub(channel).WatchVideos(upload_pb2.WatchVideosRequest(user_id=str(user_id))).__aiter__()
        await anext(call)
        async with asyncio.timeout(PATIENCE_S):
            await service.aclose()
        with pytest.raises(Unavailable) as ended, answered_by("upload"):
            await anext(call)
    assert ended.value.code == "service_stopping"


async def test_a_watcher_that_reads_nothing_does_not_hold_up_the_end(settings: Settings, user_id: UUID) -> None:
    patient = settings.model_copy(update={"grpc": GrpcSettings(drain_s=NEVER_S), "watch": WatchSettings(leave_s=0.1)})
    narrow = [("grpc.http2.bdp_probe", 0), ("grpc.http2.lookahead_bytes", 1024)]
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(AsyncExitStack())
        address = f"ipv4:{(await service.enter_async_context(running(patient))).grpc}"
        channel = await stack.enter_async_context(grpc.aio.insecure_channel(address, options=narrow))
        sender = await stack.enter_async_context(open_channel(address, timeout_s=NEVER_S))
        call = UploadServiceStub(channel).WatchVideos(upload_pb2.WatchVideosRequest(user_id=str(user_id)))
        await anext(call.__aiter__())
        # More than the channel takes in before somebody reads.
        await asyncio.gather(*[UploadServiceStub(sender).StreamUpload(film(user_id, LONG_JSON)) for _ in range(40)])
        async with asyncio.timeout(PATIENCE_S):
            await service.aclose()


async def test_a_watcher_that_takes_its_time_is_told_the_newest_state_only(
    settings: Settings, engine: AsyncEngine, send: Send, stub: "UploadServiceAsyncStub", user_id: UUID
) -> None:
    async with redis_client(settings.redis) as redis:
        watching = Watching(PostgresChangeRecords(engine), RedisChangeSignals(redis), progress_every_s=0.5)
        async with aclosing(watching.watch(user_id)) as told:
            assert await anext(told) is None
            video = await send()
            asked = {"user_id": str(user_id), "video_id": video.id}
            for _ in range(5):
                await stub.CancelVideo(upload_pb2.CancelVideoRequest(**asked))
                await stub.RetryVideo(upload_pb2.RetryVideoRequest(**asked))
            await send(owner=uuid4())
            change = await anext(told)
            assert change is not None
            assert (str(change.video.id), change.video.attempt) == (video.id, 6)
            assert await PostgresChangeRecords(engine).since(user_id, change.seq, 1) == []
