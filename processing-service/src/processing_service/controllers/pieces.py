"""Bytes of a stream, however they come, in messages that gRPC carries."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

PIECE_BYTES: Final = 1 << 20
"""gRPC takes no message above 4 MiB; the directory of an archive of 60,000 frames alone is more."""


async def in_pieces(chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """The same bytes, in pieces of at most `PIECE_BYTES`."""
    async with aclosing(chunks):
        async for chunk in chunks:
            for start in range(0, len(chunk), PIECE_BYTES):
                yield chunk[start : start + PIECE_BYTES]
