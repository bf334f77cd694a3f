"""processing-service over gRPC: the queue and the platform's state."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import answered_by
from fiapx_common.resting import Rest
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc

from api_gateway.entities.platform import PlatformStatus
from api_gateway.entities.videos import QueuePlace
from api_gateway.services.ports import Queue

_SERVICE: Final = "fiapx.processing.v1.MediaService"
IDEMPOTENT: Final = (f"{_SERVICE}/GetStatus",)
_CALLEE: Final = "processing"


class GrpcQueue(Queue):
    """Asks with a short deadline, since videos are not told before; after a failure not at all for `rest_s`."""

    def __init__(self, channel: grpc.aio.Channel, timeout_s: float, rest_s: float) -> None:
        self._stub = processing_pb2_grpc.MediaServiceStub(channel)
        self._timeout_s = timeout_s
        self._rest = Rest(rest_s)

    async def places(self, video_ids: Sequence[UUID]) -> Mapping[UUID, QueuePlace]:
        if not self._rest.may_ask():
            raise Unavailable("service_unavailable", "The processing service did not answer a moment ago.")
        request = processing_pb2.GetQueueRequest(video_ids=map(str, video_ids))
        try:
            with answered_by(_CALLEE):
                answer = await self._stub.GetQueue(request, timeout=self._timeout_s)
        except Unavailable:
            self._rest.failed()
            raise
        self._rest.answered()
        return {UUID(place.video_id): _place(place) for place in answer.places}

    async def status(self) -> PlatformStatus:
        with answered_by(_CALLEE):
            status = await self._stub.GetStatus(processing_pb2.GetStatusRequest())
        return PlatformStatus(
            workers_alive=status.workers_alive,
            videos_waiting=status.videos_waiting,
            videos_running=status.videos_running,
            segments_waiting=status.segments_waiting,
            segments_running=status.segments_running,
            oldest_wait_s=status.oldest_wait_s,
        )


def _place(place: processing_pb2.QueuePlace) -> QueuePlace:
    position = place.position if place.HasField("position") else None
    return QueuePlace(position, place.eta_s if place.HasField("eta_s") else None)
