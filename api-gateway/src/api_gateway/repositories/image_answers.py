"""An image as processing-service sends it: a header, then its bytes."""

from fiapx_proto.processing.v1 import processing_pb2

from api_gateway.entities.images import ImageFacts
from api_gateway.repositories.piece_stream import PieceStream
from api_gateway.services.ports import Pieces


async def image_answer(pieces: PieceStream[processing_pb2.ReadFrameResponse]) -> tuple[ImageFacts, Pieces]:
    """What the image is, and its bytes to be read; closes `pieces` where it does not come to that."""
    try:
        header = (await pieces.message()).header
    except BaseException:
        await pieces.aclose()
        raise
    return ImageFacts(header.name, header.content_type, header.size_bytes, header.sha256), pieces
