"""processing-service over gRPC: frames."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc

from api_gateway.entities.frame_ranges import IndexRange
from api_gateway.entities.images import ImageFacts
from api_gateway.entities.videos import Frame, FramePage, FrameScores, ManifestForm
from api_gateway.repositories.image_answers import image_answer
from api_gateway.repositories.piece_stream import M, PieceStream, StreamTimeouts
from api_gateway.services.ports import Frames, Pieces

SERVICE: Final = "fiapx.processing.v1.MediaService"
IDEMPOTENT: Final = (f"{SERVICE}/ListFrames",)
_CALLEE: Final = "processing"
_FORMS: Final = {
    ManifestForm.JSON: processing_pb2.MANIFEST_FORMAT_JSON,
    ManifestForm.CSV: processing_pb2.MANIFEST_FORMAT_CSV,
}


class GrpcFrames(Frames):
    """Frames of finished attempts."""

    def __init__(self, channel: grpc.aio.Channel, timeouts: StreamTimeouts) -> None:
        self._stub = processing_pb2_grpc.MediaServiceStub(channel)
        self._timeouts = timeouts

    async def list(self, video_id: UUID, attempt: int, limit: int, after_index: int) -> FramePage:
        request = processing_pb2.ListFramesRequest(
            video_id=str(video_id), attempt=attempt, limit=limit, after_index=after_index
        )
        with answered_by(_CALLEE):
            page = await self._stub.ListFrames(request)
        return FramePage(tuple(map(_frame, page.frames)), page.more)

    def manifest(self, video_id: UUID, attempt: int, form: ManifestForm, *, for_strangers: bool) -> Pieces:
        request = processing_pb2.ReadManifestRequest(
            video_id=str(video_id), attempt=attempt, format=_FORMS[form], for_strangers=for_strangers
        )
        return self._pieces(self._stub.ReadManifest(request, timeout=self._timeouts.total_s))

    def selection(self, video_id: UUID, attempt: int, wanted: Sequence[IndexRange], *, for_strangers: bool) -> Pieces:
        ranges = [processing_pb2.IndexRange(first=one.first, last=one.last) for one in wanted]
        request = processing_pb2.ReadFramesRequest(
            video_id=str(video_id), attempt=attempt, ranges=ranges, for_strangers=for_strangers
        )
        return self._pieces(self._stub.ReadFrames(request, timeout=self._timeouts.total_s))

    async def image(self, video_id: UUID, attempt: int, index: int, width: int) -> tuple[ImageFacts, Pieces]:
        request = processing_pb2.ReadFrameRequest(video_id=str(video_id), attempt=attempt, index=index, width=width)
        return await image_answer(self._pieces(self._stub.ReadFrame(request, timeout=self._timeouts.total_s)))

    def _pieces(self, call: grpc.aio.UnaryStreamCall[Any, M]) -> PieceStream[M]:
        return PieceStream(call, _CALLEE, self._timeouts)


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
        scores=_scores(frame.scores) if frame.HasField("scores") else None,
    )


def _scores(scores: processing_pb2.FrameScores) -> FrameScores:
    return FrameScores(
        sharpness=scores.sharpness,
        black=scores.black,
        freeze=scores.freeze if scores.HasField("freeze") else None,
        hash=scores.hash,
    )
