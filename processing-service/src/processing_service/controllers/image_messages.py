"""An image as messages: what it is, then its bytes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fiapx_proto.processing.v1 import processing_pb2

from processing_service.services.reading import ReadImage


async def image_messages(image: ReadImage) -> AsyncGenerator[processing_pb2.ReadFrameResponse, None]:
    """The header, then the chunks."""
    async with aclosing(image.chunks) as chunks:
        header = processing_pb2.FrameHeader(
            name=image.name, content_type=image.content_type, size_bytes=image.size_bytes, sha256=image.sha256
        )
        yield processing_pb2.ReadFrameResponse(header=header)
        async for chunk in chunks:
            yield processing_pb2.ReadFrameResponse(chunk=chunk)
