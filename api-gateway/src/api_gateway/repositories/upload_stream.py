"""One upload as one client-streaming RPC."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import grpc
from fiapx_common.errors import Unavailable
from fiapx_proto.upload.v1 import upload_pb2, upload_pb2_grpc

from api_gateway.entities.uploads import UploadBegun, UploadEnded, UploadPiece
from api_gateway.repositories.video_messages import write_details

Request = upload_pb2.StreamUploadRequest
_END: Final = None


@dataclass(frozen=True)
class UploadTimeouts:
    """How long an upload may stand still or last, in seconds."""

    idle_s: float
    answer_s: float
    total_s: float


class UploadStream:
    """Pieces go through a queue of one: the client is read only as fast as upload-service takes.

    The queue also parts the two lives: an answer that comes early stops the reading of pieces at once, and an error in
    the pieces cancels the call. gRPC's own reading of a request iterator does neither.
    """

    def __init__(self, channel: grpc.aio.Channel, timeouts: UploadTimeouts) -> None:
        self._stub = upload_pb2_grpc.UploadServiceStub(channel)
        self._timeouts = timeouts
        self._queue: asyncio.Queue[Request | None] = asyncio.Queue(maxsize=1)

    async def send(
        self, user_id: UUID, least_file_bytes: int, pieces: AsyncIterator[UploadPiece], key: str
    ) -> upload_pb2.Video:
        """upload-service's answer.

        Raises:
            AioRpcError: its refusal, perhaps before all was sent.
            Unavailable: it stands still.
            Exception: whatever `pieces` raises.
        """
        # A form that is refused before its file begins needs no call at all.
        first = _request(await anext(pieces), user_id, least_file_bytes, key)
        pump = asyncio.create_task(self._pump(first, pieces))
        answer = asyncio.create_task(self._call())
        try:
            await asyncio.wait((pump, answer), return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                pump.result()
            async with asyncio.timeout(self._timeouts.answer_s):
                return await answer
        except TimeoutError as error:
            raise Unavailable("service_unavailable", "The upload service does not answer at the moment.") from error
        finally:
            pump.cancel()
            answer.cancel()
            await asyncio.gather(pump, answer, return_exceptions=True)
            self._end_requests()

    async def _call(self) -> upload_pb2.Video:
        return await self._stub.StreamUpload(self._requests(), timeout=self._timeouts.total_s)

    async def _pump(self, first: Request, pieces: AsyncIterator[UploadPiece]) -> None:
        await self._put(first)
        async for piece in pieces:
            await self._put(_request(piece))
        await self._put(_END)

    async def _put(self, request: Request | None) -> None:
        async with asyncio.timeout(self._timeouts.idle_s):
            await self._queue.put(request)

    async def _requests(self) -> AsyncIterator[Request]:
        while (request := await self._queue.get()) is not _END:
            yield request

    def _end_requests(self) -> None:
        """Lets gRPC's reader of `_requests` go, which would otherwise wait for ever."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(_END)


def _request(piece: UploadPiece, user_id: UUID | None = None, least_file_bytes: int = 0, key: str = "") -> Request:
    match piece:
        case UploadBegun(filename, content_type, details):
            return Request(
                header=upload_pb2.UploadHeader(
                    user_id=str(user_id),
                    filename=filename,
                    content_type=content_type,
                    declared_size_bytes=least_file_bytes,
                    details=write_details(details),
                    idempotency_key=key,
                )
            )
        case UploadEnded(details):
            return Request(trailer=upload_pb2.UploadTrailer(details=write_details(details) if details else None))
        case bytes():
            return Request(chunk=piece)
