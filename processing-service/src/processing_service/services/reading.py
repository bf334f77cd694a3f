"""Reads finished images by their ranges of the archive. The caller has shown that the video is the user's."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from fiapx_common.errors import FieldError, Invalid
from fiapx_engine.image_formats import JPEG, format_of_file
from fiapx_engine.manifest import FrameRow
from fiapx_engine.thumbnails import Thumbnail
from fiapx_engine.zip_parts import data_offset

from processing_service.entities.errors import FrameNotFound
from processing_service.entities.image import THUMBNAIL_WIDTHS, thumbnail_name, thumbnail_size
from processing_service.entities.index_ranges import IndexRanges
from processing_service.entities.job import JobKey
from processing_service.services.ports import Archives, Thumbnails, UnitsOfWork
from processing_service.services.results import job_with_result

_CHUNK: Final = 256 * 1024
"""Of a thumbnail; larger messages than this are slow to begin with."""


@dataclass(frozen=True)
class ReadImage:
    """An image's facts; close `chunks` when leaving them early."""

    name: str
    content_type: str
    size_bytes: int
    sha256: str
    chunks: AsyncGenerator[bytes, None]


class Reading:
    """One ranged read of the archive for one image."""

    def __init__(self, units: UnitsOfWork, archives: Archives, thumbnails: Thumbnails) -> None:
        self._units = units
        self._archives = archives
        self._thumbnails = thumbnails

    async def image(self, key: JobKey, index: int, width: int) -> ReadImage:
        """The image as it is in the archive (`width` 0), or its thumbnail of this width in pixels.

        Raises Invalid, ResultNotFound, FrameNotFound, Unavailable.
        """
        if width not in (0, *THUMBNAIL_WIDTHS):
            widths = ", ".join(map(str, THUMBNAIL_WIDTHS))
            raise Invalid(
                "invalid_request", "The request is not valid.", [FieldError("width", f"must be one of {widths}")]
            )
        row = await self._placed(key, index)
        return await self._thumbnail(key, row, width) if width else self._original(key, row)

    async def _placed(self, key: JobKey, index: int) -> FrameRow:
        async with self._units.begin() as work:
            await job_with_result(work, key)
            rows = await work.frames.placed(key, IndexRanges.of([(index, index)]), 0, 1)
        if not rows:
            raise FrameNotFound(key, index)
        return rows[0]

    def _original(self, key: JobKey, row: FrameRow) -> ReadImage:
        kind = format_of_file(row.name)
        return ReadImage(row.name, kind.content_type, row.size_bytes, row.sha256, self._read(key, row))

    async def _thumbnail(self, key: JobKey, row: FrameRow, wanted_width: int) -> ReadImage:
        width, height = thumbnail_size(row.width, row.height, wanted_width)
        async with aclosing(self._read(key, row)) as chunks:
            made = await self._thumbnails.make(chunks, Thumbnail(format_of_file(row.name), width, height))
        name, digest = thumbnail_name(row.name, wanted_width), hashlib.sha256(made).hexdigest()
        return ReadImage(name, JPEG.content_type, len(made), digest, pieces_of(made))

    def _read(self, key: JobKey, row: FrameRow) -> AsyncGenerator[bytes, None]:
        return self._archives.read(key, data_offset(row), row.size_bytes)


async def pieces_of(data: bytes) -> AsyncGenerator[bytes, None]:
    """The same bytes in chunks."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
