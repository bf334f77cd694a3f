"""One finished video of several segments, and its questions through the gRPC door."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_models.events import VideoProcessed
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.brokers import Broker, fresh_broker
from fiapx_testing.clips import Clips
from fiapx_testing.databases import Database, Databases, Migrate
from fiapx_testing.object_stores import StoreSettings, fresh_bucket
from fiapx_testing.servers import Servers
from processing_service.settings import DecoderSettings

Platform = Any  # the folder above's


@dataclass(frozen=True)
class Image:
    """An answer of ReadFrame."""

    header: processing_pb2.FrameHeader
    data: bytes


class Media:
    """Asks the running service about one finished video."""

    def __init__(self, platform: Platform, stub: Any, outcome: VideoProcessed) -> None:
        self.platform = platform
        self.stub = stub
        self.outcome = outcome

    async def frames(self, **changes: object) -> processing_pb2.ListFramesResponse:
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, "limit": 50, **changes}
        with answered_by("processing"):
            page: processing_pb2.ListFramesResponse = await self.stub.ListFrames(
                processing_pb2.ListFramesRequest(**asked)
            )
        return page

    async def manifest(self, **changes: object) -> bytes:
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, **changes}
        with answered_by("processing"):
            calls = self.stub.ReadManifest(processing_pb2.ReadManifestRequest(**asked))
            return b"".join([answer.chunk async for answer in calls])

    async def places(self, *video_ids: object) -> dict[str, processing_pb2.QueuePlace]:
        with answered_by("processing"):
            answer = await self.stub.GetQueue(processing_pb2.GetQueueRequest(video_ids=map(str, video_ids)))
        return {place.video_id: place for place in answer.places}

    async def status(self) -> processing_pb2.GetStatusResponse:
        with answered_by("processing"):
            answer: processing_pb2.GetStatusResponse = await self.stub.GetStatus(processing_pb2.GetStatusRequest())
        return answer

    async def excerpt(self, *ranges: tuple[int, int], **changes: object) -> bytes:
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, **changes}
        wanted = [processing_pb2.IndexRange(first=first, last=last) for first, last in ranges]
        with answered_by("processing"):
            calls = self.stub.ReadFrames(processing_pb2.ReadFramesRequest(ranges=wanted, **asked))
            return b"".join([answer.chunk async for answer in calls])

    async def frame(self, index: int, width: int = 0, **changes: object) -> "Image":
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, **changes}
        with answered_by("processing"):
            request = processing_pb2.ReadFrameRequest(index=index, width=width, **asked)
            first, *rest = [answer async for answer in self.stub.ReadFrame(request)]
        return Image(first.header, b"".join(answer.chunk for answer in rest))


OpenPlatform = Callable[..., AbstractAsyncContextManager[Platform]]


@pytest.fixture(scope="package")
def open_platform(settings_on: Any, platform_on: Any, tmp_path_factory: pytest.TempPathFactory) -> OpenPlatform:
    """Everything but the service itself, on these servers."""

    def opened(database: Database, broker: Broker, bucket: StoreSettings) -> AbstractAsyncContextManager[Platform]:
        settings = settings_on(database, broker, bucket, tmp_path_factory.mktemp("scratch"))
        opening: AbstractAsyncContextManager[Platform] = platform_on(settings, broker, bucket)
        return opening

    return opened


@pytest.fixture(scope="package")
def database(servers: Servers, migrate: Migrate) -> Iterator[Database]:
    """One for all tests of this folder, which only read."""
    databases = Databases(servers.postgres)
    yield databases.create("processing", migrate)
    databases.drop_all()


@pytest.fixture(scope="package")
def bucket(servers: Servers) -> Iterator[StoreSettings]:
    """One for all tests of this folder, which only read."""
    with fresh_bucket(servers.store) as fresh:
        yield fresh


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def media(
    servers: Servers,
    database: Database,
    bucket: StoreSettings,
    clips: Clips,
    open_platform: OpenPlatform,
) -> AsyncIterator[Media]:
    """One finished video of several segments, and the running service."""
    async with (
        fresh_broker(servers.rabbitmq, servers.rabbitmq_management) as broker,
        open_platform(database, broker, bucket) as platform,
        _media(platform, clips) as media,
    ):
        yield media


@asynccontextmanager
async def _media(platform: Platform, clips: Clips) -> AsyncIterator[Media]:
    async with platform.running(decoder=DecoderSettings(segment_frames=4)) as started:
        video = await platform.upload_service.upload(
            clips.counter(frames=60, fps=30).path, '{"sampling":{"rule":"fps","fps":5}}'
        )
        outcome = await platform.upload_service.completed(video)
        async with open_channel(started.grpc, timeout_s=30) as channel:
            yield Media(platform, processing_pb2_grpc.MediaServiceStub(channel), outcome)
