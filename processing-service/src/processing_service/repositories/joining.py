"""An archive put together on the store, as its plan says."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import aclosing, suppress
from functools import partial
from typing import Final

from fiapx_common.errors import FiapxError
from fiapx_common.object_store import MinioObjectStore, Part, StoreUnavailable

from processing_service.entities.archive import Copied, JoinPlan, Piece, Sent, size_of
from processing_service.repositories.object_stream import upload_kept

_ARCHIVE_TYPE: Final = "application/zip"
_AT_ONCE: Final = 4
_TAIL_PART_BYTES: Final = 16 << 20
_GAP_BYTES: Final = 256 << 10
"""Between two pieces, below which to read on costs less than to ask anew."""
_ABORT_S: Final = 2.0


async def join_parts(store: MinioObjectStore, key: str, plan: JoinPlan, tail: bytes, size_bytes: int) -> None:
    """Writes the object: whole, or not at all.

    Raises:
        NotFound: a part is not there.
        StoreUnavailable: also where the joined object is not `size_bytes` long.
    """
    if plan.joined:
        await _join_on_store(store, key, plan, tail)
    else:
        await store.put(key, await _read(store, plan.left) + tail, _ARCHIVE_TYPE)
    joined = await store.stat(key)
    if joined.size_bytes != size_bytes:
        raise StoreUnavailable(f"{key} has {joined.size_bytes} bytes where {size_bytes} were joined")


async def _join_on_store(store: MinioObjectStore, key: str, plan: JoinPlan, tail: bytes) -> None:
    upload_id = await store.create_multipart(key, _ARCHIVE_TYPE)
    try:
        with upload_kept():
            steps = [partial(_put, store, key, upload_id, number, step) for number, step in enumerate(plan.joined, 1)]
            parts = await _a_few_at_once(steps)
            end = await _read(store, plan.left) + tail
            for number, piece in enumerate(_slices(end), len(parts) + 1):
                parts.append(await store.put_part(key, upload_id, number, piece))
            await store.complete_multipart(key, upload_id, parts)
    except BaseException:
        with suppress(FiapxError, TimeoutError):
            async with asyncio.timeout(_ABORT_S):
                await store.abort_multipart(key, upload_id)
        raise


async def _put(store: MinioObjectStore, key: str, upload_id: str, number: int, step: Copied | Sent) -> Part:
    match step:
        case Copied(piece):
            return await store.copy_part(key, upload_id, number, piece.key, start=piece.start, length=piece.length)
        case Sent():
            return await store.put_part(key, upload_id, number, await _read(store, step))


async def _a_few_at_once(steps: Iterable[Callable[[], Awaitable[Part]]]) -> list[Part]:
    """All results in order; the first error ends the others."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(step: Callable[[], Awaitable[Part]]) -> Part:
        async with slots:
            return await step()

    tasks = [asyncio.ensure_future(in_turn(step)) for step in steps]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(store: MinioObjectStore, sent: Sent) -> bytes:
    return b"".join([chunk for near in _near(sent.pieces) async for chunk in _picked(store, near)])


def _near(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that one read gives, since little lies between them."""
    reads: list[list[Piece]] = []
    for piece in pieces:
        before = reads[-1][-1] if reads else None
        if before is not None and before.key == piece.key and 0 <= piece.start - before.end <= _GAP_BYTES:
            reads[-1].append(piece)
        else:
            reads.append([piece])
    return reads


async def _picked(store: MinioObjectStore, pieces: Sequence[Piece]) -> AsyncGenerator[bytes, None]:
    """The pieces out of one read, whose other bytes are let go as they come. Raises StoreUnavailable."""
    key, at, missing = pieces[0].key, pieces[0].start, size_of(pieces)
    left = deque(pieces)
    async with aclosing(store.read(key, at, pieces[-1].end - at)) as chunks:
        async for chunk in chunks:
            while left and left[0].start < at + len(chunk):
                picked = chunk[max(left[0].start - at, 0) : left[0].end - at]
                missing -= len(picked)
                yield picked
                if left[0].end > at + len(chunk):
                    break
                left.popleft()
            at += len(chunk)
    if missing:
        raise StoreUnavailable(f"{missing} bytes of {key} are missing")


def _slices(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), _TAIL_PART_BYTES):
        yield data[start : start + _TAIL_PART_BYTES]
