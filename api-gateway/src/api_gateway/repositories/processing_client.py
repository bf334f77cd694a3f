"""processing-service over gRPC."""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc

from api_gateway.entities.videos import Frame, FramePage
from api_gateway.services.ports import Frames

SERVICE: Final = "fiapx.processing.v1.MediaService"
IDEMPOTENT: Final = (f"{SERVICE}/ListFrames",)
_CALLEE: Final = "processing"


class GrpcFrames(Frames):
    """Frames of finished attempts."""

    def __init__(self, channel: grpc.aio.Channel, manifest_timeout_s: float) -> None:
        self._stub = processing_pb2_grpc.MediaServiceStub(channel)
        self._manifest_timeout_s = manifest_timeout_s

    async def list(self, video_id: UUID, attempt: int, limit: int, after_index: int) -> FramePage:
        request = processing_pb2.ListFramesRequest(
            video_id=str(video_id), attempt=attempt, limit=limit, after_index=after_index
        )
        with answered_by(_CALLEE):
            page = await self._stub.ListFrames(request)
        return FramePage(tuple(map(_frame, page.frames)), page.more)

    async def manifest(self, video_id: UUID, attempt: int) -> AsyncIterator[bytes]:
        request = processing_pb2.ReadManifestRequest(video_id=str(video_id), attempt=attempt)
        with answered_by(_CALLEE):
            async for answer in self._stub.ReadManifest(request, timeout=self._manifest_timeout_s):
                yield answer.chunk


def _frame(frame: processing_pb2.Frame) -> Frame:
    return Frame(
        index=frame.index,
        name=frame.name,
        source_frame=frame.source_frame if frame.HasField("source_frame") else None,
        pts=frame.pts,
        time_base=frame.time_base,
        time_s=frame.time_s,
        keyframe=frame.keyframe,
        width=frame.width,
        height=frame.height,
        size_bytes=frame.size_bytes,
        crc32=frame.crc32,
        sha256=frame.sha256,
    )
