"""Streams whose chunks are larger than a message may be."""

from collections.abc import AsyncGenerator

from fiapx_engine.zip_parts import Directory, ZipRow
from processing_service.controllers.pieces import PIECE_BYTES, in_pieces

MESSAGE_BYTES = 4 << 20
"""gRPC's most."""


async def chunks_of(*chunks: bytes) -> AsyncGenerator[bytes, None]:
    for chunk in chunks:
        yield chunk


async def test_the_directory_of_very_many_frames_comes_in_pieces_that_fit_into_messages() -> None:
    directory = Directory()
    for number in range(60_000):
        directory.add(ZipRow(f"frame_{number:06}_00-00-12.000.png", 0, 0, 0, sha256=""), number)
    closed = directory.closed(60_000)
    assert len(closed) > MESSAGE_BYTES

    pieces = [piece async for piece in in_pieces(chunks_of(closed))]

    assert max(map(len, pieces)) <= PIECE_BYTES < MESSAGE_BYTES
    assert b"".join(pieces) == closed


async def test_small_chunks_stay_as_they_are() -> None:
    assert [piece async for piece in in_pieces(chunks_of(b"a", b"", b"bc"))] == [b"a", b"bc"]


async def test_whoever_leaves_early_closes_the_source() -> None:
    source = chunks_of(b"a", b"b")
    pieces = in_pieces(source)
    assert await anext(pieces) == b"a"
    await pieces.aclose()
    assert await anext(source, b"closed") == b"closed"
