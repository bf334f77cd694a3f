"""Some frames of a result as an archive of their own, and the index of frames as a table; streamed in constant memory.

The caller has shown that the video is the user's.
"""

import zlib
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Final

from fiapx_engine.frame_rows import FrameRow
from fiapx_engine.manifest import CSV_NAME, MANIFEST_NAME, CsvWriter, IndexWriter, ManifestWriter
from fiapx_engine.zip_parts import Directory, ZipRow, entry_length, local_header

from processing_service.entities.description import description_of
from processing_service.entities.errors import FramesNotFound, ResultNotFound
from processing_service.entities.index_ranges import IndexRanges
from processing_service.entities.job import Job, JobKey, ResultKey
from processing_service.services.ports import Archives, UnitsOfWork
from processing_service.services.results import job_with_result

_ROWS: Final = 1000
_RUN_BYTES: Final = 32 << 20
"""Of one ranged read, so that none lasts for hours where the reader is slow."""

Chunks = AsyncGenerator[bytes, None]


class Excerpting:
    """Reads rows a page at a time, as often as they are needed, rather than keep them."""

    def __init__(self, units: UnitsOfWork, archives: Archives) -> None:
        self._units = units
        self._archives = archives

    async def table(self, key: JobKey) -> Chunks:
        """The same bytes as the archive's frames.csv. Raises ResultNotFound before the first."""
        job = await self._finished(key)
        writer = CsvWriter(description_of(job))
        async with aclosing(self._index(key, IndexRanges.everything(), writer)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def manifest_for_strangers(self, key: JobKey) -> Chunks:
        """As the archive's manifest.json, without what is its owner's. Raises ResultNotFound before the first."""
        job = (await self._finished(key)).for_strangers()
        writer = ManifestWriter(description_of(job))
        async with aclosing(self._index(key, IndexRanges.everything(), writer)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def archive(self, key: JobKey, ranges: IndexRanges, *, for_strangers: bool = False) -> Chunks:
        """A ZIP of these frames with an index of just them, for strangers without what is its owner's.

        Raises ResultNotFound, and FramesNotFound where no frame has such an index, before the first chunk.
        """
        job = await self._finished(key)
        if for_strangers:
            job = job.for_strangers()
        if not await self._page(key, ranges, 0, 1):
            raise FramesNotFound(key)
        directory, length = Directory(), 0
        async with aclosing(self._pages(key, ranges)) as pages:
            async for rows in pages:
                async with aclosing(self._entries(job.result_key, rows)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                for row in rows:
                    directory.add(row, length)
                    length += entry_length(row)
        for name, new_writer in _indexes(job):
            index = await self._measured(key, ranges, name, length, new_writer())
            directory.add(index, length)
            length += entry_length(index)
            async with aclosing(self._entry(key, ranges, index, new_writer())) as chunks:
                async for chunk in chunks:
                    yield chunk
        yield directory.closed(length)

    async def _entries(self, key: ResultKey, rows: Sequence[FrameRow]) -> Chunks:
        """Headers and images as they stand in the archive, neighbours by one read."""
        for start, length in _runs(rows):
            async with aclosing(self._archives.read(key, start, length)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def _measured(self, key: JobKey, ranges: IndexRanges, name: str, offset: int, writer: IndexWriter) -> ZipRow:
        """What the header must say before the first byte of the entry is written."""
        crc32 = size_bytes = 0
        async with aclosing(self._index(key, ranges, writer)) as chunks:
            async for chunk in chunks:
                crc32, size_bytes = zlib.crc32(chunk, crc32), size_bytes + len(chunk)
        return ZipRow(name, crc32, size_bytes, offset, sha256="")

    async def _entry(self, key: JobKey, ranges: IndexRanges, row: ZipRow, writer: IndexWriter) -> Chunks:
        """Raises ResultNotFound where the rows have changed since they were measured: the result was removed."""
        yield local_header(row)
        crc32 = 0
        async with aclosing(self._index(key, ranges, writer)) as chunks:
            async for chunk in chunks:
                crc32 = zlib.crc32(chunk, crc32)
                yield chunk
        if crc32 != row.crc32:
            raise ResultNotFound(key)

    async def _index(self, key: JobKey, ranges: IndexRanges, writer: IndexWriter) -> Chunks:
        yield writer.opening()
        async with aclosing(self._pages(key, ranges)) as pages:
            async for rows in pages:
                yield writer.lines(rows)
        if closing := writer.closing():
            yield closing

    async def _pages(self, key: JobKey, ranges: IndexRanges) -> AsyncGenerator[list[FrameRow], None]:
        after = 0
        while rows := await self._page(key, ranges, after, _ROWS):
            yield rows
            if len(rows) < _ROWS:
                return
            after = rows[-1].index

    async def _page(self, key: JobKey, ranges: IndexRanges, after: int, limit: int) -> list[FrameRow]:
        async with self._units.begin() as work:
            return await work.frames.placed(key, ranges, after, limit)

    async def _finished(self, key: JobKey) -> Job:
        async with self._units.begin() as work:
            return await job_with_result(work, key)


def _indexes(job: Job) -> tuple[tuple[str, Callable[[], IndexWriter]], ...]:
    description = description_of(job)
    return (
        (MANIFEST_NAME, lambda: ManifestWriter(description)),
        (CSV_NAME, lambda: CsvWriter(description)),
    )


def _runs(rows: Sequence[FrameRow]) -> Iterator[tuple[int, int]]:
    """(start, length) of what stands together in the archive."""
    start = length = 0
    for row in rows:
        if row.offset != start + length or length >= _RUN_BYTES:
            if length:
                yield start, length
            start, length = row.offset, 0
        length += entry_length(row)
    if length:
        yield start, length
