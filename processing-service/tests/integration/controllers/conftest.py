"""One finished video of several segments, and its questions through the gRPC door."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_models.events import VideoProcessed
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.clips import Clips
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

    async def frame(self, index: int, width: int = 0, **changes: object) -> "Image":
        asked: dict[str, Any] = {"video_id": str(self.outcome.video_id), "attempt": 1, **changes}
        with answered_by("processing"):
            request = processing_pb2.ReadFrameRequest(index=index, width=width, **asked)
            first, *rest = [answer async for answer in self.stub.ReadFrame(request)]
        return Image(first.header, b"".join(answer.chunk for answer in rest))


@pytest.fixture
async def media(platform: Platform, clips: Clips) -> AsyncIterator[Media]:
    async with platform.running(decoder=DecoderSettings(segment_frames=4)) as started:
        video = await platform.upload_service.upload(
            clips.counter(frames=60, fps=30).path, '{"sampling":{"rule":"fps","fps":5}}'
        )
        outcome = await platform.upload_service.completed(video)
        async with open_channel(started.grpc, timeout_s=5) as channel:
            yield Media(platform, processing_pb2_grpc.MediaServiceStub(channel), outcome)
