"""processing-service over gRPC: overviews of finished attempts."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import grpc
from fiapx_common.grpc.client import answered_by
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc

from api_gateway.entities.images import ImageFacts
from api_gateway.entities.previews import SheetShape, Tile
from api_gateway.repositories.image_answers import image_answer
from api_gateway.repositories.piece_stream import PieceStream, StreamTimeouts
from api_gateway.services.ports import Pieces
from api_gateway.services.preview_ports import Previews

_SERVICE: Final = "fiapx.processing.v1.MediaService"
IDEMPOTENT: Final = (f"{_SERVICE}/ListTiles",)
_CALLEE: Final = "processing"


class GrpcPreviews(Previews):
    """Waits for images longer than for others, since they may have to be made."""

    def __init__(self, channel: grpc.aio.Channel, timeouts: StreamTimeouts) -> None:
        self._stub = processing_pb2_grpc.MediaServiceStub(channel)
        self._timeouts = timeouts

    async def contact_sheet(self, video_id: UUID, attempt: int, shape: SheetShape) -> tuple[ImageFacts, Pieces]:
        request = processing_pb2.ReadContactSheetRequest(
            video_id=str(video_id), attempt=attempt, columns=shape.columns, rows=shape.rows, width=shape.width
        )
        return await self._image(self._stub.ReadContactSheet(request, timeout=self._timeouts.total_s))

    async def tiles(self, video_id: UUID, attempt: int) -> Sequence[Tile]:
        request = processing_pb2.ListTilesRequest(video_id=str(video_id), attempt=attempt)
        with answered_by(_CALLEE):
            answer = await self._stub.ListTiles(request)
        return tuple(map(_tile, answer.tiles))

    async def sprite(self, video_id: UUID, attempt: int, number: int) -> tuple[ImageFacts, Pieces]:
        request = processing_pb2.ReadSpriteRequest(video_id=str(video_id), attempt=attempt, number=number)
        return await self._image(self._stub.ReadSprite(request, timeout=self._timeouts.total_s))

    async def _image(
        self, call: grpc.aio.UnaryStreamCall[Any, processing_pb2.ReadFrameResponse]
    ) -> tuple[ImageFacts, Pieces]:
        return await image_answer(PieceStream(call, _CALLEE, self._timeouts))


def _tile(tile: processing_pb2.Tile) -> Tile:
    return Tile(
        start_ms=tile.start_ms,
        end_ms=tile.end_ms,
        sprite=tile.sprite,
        x=tile.x,
        y=tile.y,
        width=tile.width,
        height=tile.height,
    )
