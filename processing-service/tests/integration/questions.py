"""Questions about one video, through the gRPC door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.running import Started
from fiapx_models.events import VideoEvent
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.waiting import PATIENCE_S

from .platforms import Platform


@dataclass(frozen=True)
class Image:
    """An answer of ReadFrame."""

    header: processing_pb2.FrameHeader
    data: bytes


class Media:
    """Asks the running service about one video; `outcome` is any event of it."""

    def __init__(self, platform: Platform, stub: Any, outcome: Any) -> None:
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

    async def frame(self, index: int, width: int = 0, **changes: object) -> Image:
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, **changes}
        with answered_by("processing"):
            request = processing_pb2.ReadFrameRequest(index=index, width=width, **asked)
            first, *rest = [answer async for answer in self.stub.ReadFrame(request)]
        return Image(first.header, b"".join(answer.chunk for answer in rest))


@asynccontextmanager
async def media_of(platform: Platform, started: Started, outcome: VideoEvent) -> AsyncIterator[Media]:
    """On a channel of its own."""
    async with open_channel(str(started.grpc), timeout_s=PATIENCE_S) as channel:
        yield Media(platform, processing_pb2_grpc.MediaServiceStub(channel), outcome)
