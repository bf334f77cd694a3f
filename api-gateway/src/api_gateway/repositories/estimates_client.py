"""processing-service over gRPC: estimates."""

from typing import Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_models.media import Media, Warned
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc

from api_gateway.entities.estimates import Estimate, PlannedInstant
from api_gateway.services.estimate_ports import Estimates

_CALLEE: Final = "processing"


class GrpcEstimates(Estimates):
    """Waits longer than for others where a video has to be looked into."""

    def __init__(self, channel: grpc.aio.Channel, looking_timeout_s: float) -> None:
        self._stub = processing_pb2_grpc.MediaServiceStub(channel)
        self._looking_timeout_s = looking_timeout_s

    async def of_media(self, media: Media, options_json: str) -> Estimate:
        request = processing_pb2.EstimateRequest(media_json=media.model_dump_json(), options_json=options_json)
        with answered_by(_CALLEE):
            return _estimate(await self._stub.Estimate(request))

    async def of_video(self, video_id: UUID, options_json: str, limit: int, after_index: int) -> Estimate:
        request = processing_pb2.EstimateRequest(
            video_id=str(video_id), options_json=options_json, limit=limit, after_index=after_index
        )
        with answered_by(_CALLEE):
            return _estimate(await self._stub.Estimate(request, timeout=self._looking_timeout_s))


def _estimate(answer: processing_pb2.EstimateResponse) -> Estimate:
    return Estimate(
        frames=answer.frames,
        frames_exact=answer.frames_exact,
        bytes=answer.bytes,
        bytes_measured=answer.bytes_measured,
        seconds=answer.seconds,
        seconds_measured=answer.seconds_measured,
        width=answer.width,
        height=answer.height,
        warnings=tuple(Warned(code=one.code, message=one.message) for one in answer.warnings),
        instants=tuple(PlannedInstant(one.index, one.time_s) for one in answer.instants),
        more=answer.more,
    )
