"""MediaService: questions about frames over gRPC."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from typing import Any
from uuid import UUID

import grpc
from fiapx_common.errors import FieldError, Invalid
from fiapx_common.json_fields import read_json_field
from fiapx_engine.frame_rows import FrameRow
from fiapx_models.options import EXAMPLE_JSON, as_written, read_options
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from typing_extensions import override

from processing_service.controllers.estimate_messages import estimate_message, media_told
from processing_service.controllers.image_messages import image_messages
from processing_service.controllers.pieces import in_pieces
from processing_service.entities.index_ranges import IndexRanges
from processing_service.entities.job import JobKey
from processing_service.services.browsing import Browsing
from processing_service.services.estimating import Estimating
from processing_service.services.excerpting import Excerpting
from processing_service.services.forecasting import Forecasting
from processing_service.services.previewing import Previewing
from processing_service.services.reading import Reading

SERVICE = processing_pb2.DESCRIPTOR.services_by_name["MediaService"].full_name
Context = grpc.aio.ServicerContext[Any, Any]


class MediaRpc(processing_pb2_grpc.MediaServiceServicer):
    """Decodes, asks `Browsing`, answers."""

    def __init__(
        self,
        *,
        browsing: Browsing,
        reading: Reading,
        excerpting: Excerpting,
        forecasting: Forecasting,
        previewing: Previewing,
        estimating: Estimating,
    ) -> None:
        self._browsing = browsing
        self._reading = reading
        self._excerpting = excerpting
        self._forecasting = forecasting
        self._previewing = previewing
        self._estimating = estimating

    def register(self, server: grpc.aio.Server) -> None:
        processing_pb2_grpc.add_MediaServiceServicer_to_server(self, server)

    @override
    async def ListFrames(
        self, request: processing_pb2.ListFramesRequest, context: Context
    ) -> processing_pb2.ListFramesResponse:
        page = await self._browsing.frames(_key(request.video_id, request.attempt), request.after_index, request.limit)
        frames = [_frame(row, page.time_base) for row in page.rows]
        return processing_pb2.ListFramesResponse(frames=frames, more=page.more)

    @override
    async def ReadManifest(
        self, request: processing_pb2.ReadManifestRequest, context: Context
    ) -> AsyncIterator[processing_pb2.ReadManifestResponse]:
        key = _key(request.video_id, request.attempt)
        if request.format == processing_pb2.MANIFEST_FORMAT_CSV:
            chunks = self._excerpting.table(key)
        elif request.for_strangers:
            chunks = self._excerpting.manifest_for_strangers(key)
        else:
            chunks = self._browsing.manifest(key)
        async with aclosing(in_pieces(chunks)) as pieces:
            async for piece in pieces:
                yield processing_pb2.ReadManifestResponse(chunk=piece)

    @override
    async def ReadFrame(
        self, request: processing_pb2.ReadFrameRequest, context: Context
    ) -> AsyncIterator[processing_pb2.ReadFrameResponse]:
        key = _key(request.video_id, request.attempt)
        async with aclosing(image_messages(await self._reading.image(key, request.index, request.width))) as messages:
            async for message in messages:
                yield message

    @override
    async def ReadFrames(
        self, request: processing_pb2.ReadFramesRequest, context: Context
    ) -> AsyncIterator[processing_pb2.ReadFramesResponse]:
        ranges = IndexRanges.of((asked.first, asked.last) for asked in request.ranges)
        key = _key(request.video_id, request.attempt)
        archive = self._excerpting.archive(key, ranges, for_strangers=request.for_strangers)
        async with aclosing(in_pieces(archive)) as pieces:
            async for piece in pieces:
                yield processing_pb2.ReadFramesResponse(chunk=piece)

    @override
    async def ReadContactSheet(
        self, request: processing_pb2.ReadContactSheetRequest, context: Context
    ) -> AsyncIterator[processing_pb2.ReadFrameResponse]:
        key = _key(request.video_id, request.attempt)
        image = await self._previewing.contact_sheet(key, request.columns, request.rows, request.width)
        async with aclosing(image_messages(image)) as messages:
            async for message in messages:
                yield message

    @override
    async def ListTiles(
        self, request: processing_pb2.ListTilesRequest, context: Context
    ) -> processing_pb2.ListTilesResponse:
        tiles = await self._previewing.tiles(_key(request.video_id, request.attempt))
        return processing_pb2.ListTilesResponse(tiles=(processing_pb2.Tile(**asdict(tile)) for tile in tiles))

    @override
    async def ReadSprite(
        self, request: processing_pb2.ReadSpriteRequest, context: Context
    ) -> AsyncIterator[processing_pb2.ReadFrameResponse]:
        image = await self._previewing.sprite(_key(request.video_id, request.attempt), request.number)
        async with aclosing(image_messages(image)) as messages:
            async for message in messages:
                yield message

    @override
    async def Estimate(
        self, request: processing_pb2.EstimateRequest, context: Context
    ) -> processing_pb2.EstimateResponse:
        options = read_json_field("options", request.options_json, read_options, EXAMPLE_JSON, as_written)
        if request.WhichOneof("about") == "media_json":
            return estimate_message(await self._estimating.of_media(media_told(request.media_json), options))
        video_id = _video_id(request.video_id)
        return estimate_message(await self._estimating.of_video(video_id, options, request.after_index, request.limit))

    @override
    async def GetQueue(
        self, request: processing_pb2.GetQueueRequest, context: Context
    ) -> processing_pb2.GetQueueResponse:
        found = await self._forecasting.queue([_video_id(text) for text in request.video_ids])
        places = (
            processing_pb2.QueuePlace(video_id=str(video_id), position=place.position, eta_s=place.eta_s)
            for video_id, place in found.items()
        )
        return processing_pb2.GetQueueResponse(places=places)

    @override
    async def GetStatus(
        self, request: processing_pb2.GetStatusRequest, context: Context
    ) -> processing_pb2.GetStatusResponse:
        status = await self._forecasting.status()
        return processing_pb2.GetStatusResponse(workers_alive=status.workers_alive, **asdict(status.backlog))


def _key(video_id: str, attempt: int) -> JobKey:
    return JobKey(_video_id(video_id), attempt)


def _video_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        fields = [FieldError("video_id", "must be a UUID")]
        raise Invalid("invalid_request", "The request is not valid.", fields) from error


def _frame(row: FrameRow, time_base: str) -> processing_pb2.Frame:
    return processing_pb2.Frame(
        index=row.index,
        name=row.name,
        source_frame=row.frame,
        pts=row.pts,
        time_base=time_base,
        time_s=f"{row.time_s:.6f}",
        keyframe=row.keyframe,
        width=row.width,
        height=row.height,
        size_bytes=row.size_bytes,
        crc32=row.crc32,
        sha256=row.sha256,
        scores=_scores(row),
    )


def _scores(row: FrameRow) -> processing_pb2.FrameScores | None:
    if row.sharpness is None or row.black is None or row.hash is None:
        return None
    return processing_pb2.FrameScores(sharpness=row.sharpness, black=row.black, freeze=row.freeze, hash=row.hash)
