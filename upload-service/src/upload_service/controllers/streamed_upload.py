"""A client's stream: header, chunks, trailer."""

import asyncio
from collections.abc import AsyncIterator

from fiapx_common.errors import Invalid
from fiapx_proto.upload.v1.upload_pb2 import StreamUploadRequest, UploadDetails, UploadHeader

from upload_service.controllers.upload_details import read_details
from upload_service.entities.details import Details
from upload_service.entities.errors import UploadIncomplete, UploadTooSlow


class StreamedUpload:
    """Messages are read one by one, when they are wanted: gRPC's window holds the client back."""

    def __init__(self, messages: AsyncIterator[StreamUploadRequest], stall_s: float) -> None:
        self._messages = messages
        self._stall_s = stall_s
        self._before = UploadDetails()
        self._after: UploadDetails | None = None

    async def header(self) -> UploadHeader:
        """The first message, its details found lawful.

        Raises:
            Invalid: no header, or a detail is wrong.
        """
        first = await self._next()
        if first.WhichOneof("part") != "header":
            raise _out_of_order("must begin with a header")
        self._before = first.header.details
        read_details(self._before)
        return first.header

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            message = await self._next()
            match message.WhichOneof("part"):
                case "chunk":
                    if message.chunk:
                        yield message.chunk
                case "trailer":
                    if message.trailer.HasField("details"):
                        self._after = message.trailer.details
                    return
                case _:
                    raise _out_of_order("may hold chunks and one trailer after its header")

    def details(self) -> Details:
        return read_details(self._before, self._after)

    async def _next(self) -> StreamUploadRequest:
        try:
            async with asyncio.timeout(self._stall_s):
                return await anext(self._messages)
        except StopAsyncIteration as error:
            raise UploadIncomplete from error
        except TimeoutError as error:
            raise UploadTooSlow(f"nothing came for {self._stall_s:g} s") from error


def _out_of_order(what: str) -> Invalid:
    return Invalid("invalid_stream", f"An upload's stream {what}.")
