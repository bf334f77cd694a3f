"""Reads images, the finished archive's and earlier ones. The caller has shown that the video is the user's."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from fiapx_common.errors import FieldError, Invalid
from fiapx_engine.image_formats import JPEG, format_of_file
from fiapx_engine.thumbnails import Thumbnail

from processing_service.entities.image import THUMBNAIL_WIDTHS, thumbnail_name, thumbnail_size
from processing_service.entities.job import JobKey
from processing_service.services.ports import Thumbnails
from processing_service.services.stored_images import StoredImage, StoredImages

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
    """One ranged read for one image."""

    def __init__(self, images: StoredImages, thumbnails: Thumbnails) -> None:
        self._images = images
        self._thumbnails = thumbnails

    async def image(self, key: JobKey, index: int, width: int) -> ReadImage:
        """The image as it is in the archive (`width` 0), or its thumbnail of this width in pixels.

        Raises Invalid, ResultNotFound, FrameNotFound, FrameNotReady, Unavailable.
        """
        if width not in (0, *THUMBNAIL_WIDTHS):
            widths = ", ".join(map(str, THUMBNAIL_WIDTHS))
            raise Invalid(
                "invalid_request", "The request is not valid.", [FieldError("width", f"must be one of {widths}")]
            )
        image = await self._images.find(key, index)
        return await self._thumbnail(image, width) if width else self._original(image)

    def _original(self, image: StoredImage) -> ReadImage:
        row, kind = image.row, format_of_file(image.row.name)
        return ReadImage(row.name, kind.content_type, row.size_bytes, row.sha256, self._images.read(image))

    async def _thumbnail(self, image: StoredImage, wanted_width: int) -> ReadImage:
        row = image.row
        width, height = thumbnail_size(row.width, row.height, wanted_width)
        async with aclosing(self._images.read(image)) as chunks:
            made = await self._thumbnails.make(chunks, Thumbnail(format_of_file(row.name), width, height))
        name, digest = thumbnail_name(row.name, wanted_width), hashlib.sha256(made).hexdigest()
        return ReadImage(name, JPEG.content_type, len(made), digest, pieces_of(made))


async def pieces_of(data: bytes) -> AsyncGenerator[bytes, None]:
    """The same bytes in chunks."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
