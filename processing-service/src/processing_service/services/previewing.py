"""Overviews of finished results: contact sheets, and sprites for players. The caller has shown whose video it is."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from weakref import WeakValueDictionary

from fiapx_engine.frame_rows import FrameRow
from fiapx_engine.image_formats import JPEG, format_of_file
from fiapx_engine.image_grids import ImageGrid
from fiapx_engine.zip_parts import data_offset

from processing_service.entities.errors import ResultNotFound, SpriteNotFound
from processing_service.entities.job import Job, JobKey, ResultKey
from processing_service.entities.previews import (
    TILES_AT_MOST,
    Cells,
    ContactSheet,
    Tile,
    evenly,
    preview_key,
    sprite_cells,
    sprite_name,
    sprites_of,
    tiles_of,
)
from processing_service.services.ports import Archives, UnitOfWork, UnitsOfWork
from processing_service.services.preview_ports import Grids, Previews
from processing_service.services.reading import ReadImage, pieces_of
from processing_service.services.results import job_with_result


class Previewing:
    """Makes each overview once, from the archive's frames, and keeps it beside the archive."""

    def __init__(self, units: UnitsOfWork, archives: Archives, grids: Grids, previews: Previews) -> None:
        self._units = units
        self._archives = archives
        self._grids = grids
        self._previews = previews
        self._making: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def contact_sheet(self, key: JobKey, columns: int, rows: int, width: int) -> ReadImage:
        """Raises Invalid, ResultNotFound, Unavailable."""
        wanted = ContactSheet(columns, rows, width)
        async with self._units.begin() as work:
            job = await job_with_result(work, key)
            shown = await _evenly(work, key, wanted.places)
        if not shown:
            raise ResultNotFound(key)
        return await self._image(job, wanted.name, shown, wanted.cells(shown))

    async def tiles(self, key: JobKey) -> list[Tile]:
        """What a player shows for which time. Raises ResultNotFound, Unavailable."""
        job, sprites = await self._sprites(key)
        return tiles_of(sprites, job.media.duration_s if job.media else 0.0)

    async def sprite(self, key: JobKey, number: int) -> ReadImage:
        """One of those that tiles lie in, from 1. Raises ResultNotFound, SpriteNotFound, Unavailable."""
        job, sprites = await self._sprites(key)
        if not 1 <= number <= len(sprites):
            raise SpriteNotFound(key, number)
        shown = sprites[number - 1]
        return await self._image(job, sprite_name(number), shown, sprite_cells(shown))

    async def _sprites(self, key: JobKey) -> tuple[Job, list[list[FrameRow]]]:
        async with self._units.begin() as work:
            job = await job_with_result(work, key)
            rows = await _evenly(work, key, TILES_AT_MOST)
        return job, sprites_of(rows)

    async def _image(self, job: Job, name: str, shown: Sequence[FrameRow], cells: Cells) -> ReadImage:
        place = preview_key(job.key, name)
        data = await self._previews.kept(place) or await self._made(job, place, shown, cells)
        return ReadImage(name, JPEG.content_type, len(data), hashlib.sha256(data).hexdigest(), pieces_of(data))

    async def _made(self, job: Job, place: str, shown: Sequence[FrameRow], cells: Cells) -> bytes:
        """One asker makes it, the others of this process wait and find it."""
        async with self._making.setdefault(place, asyncio.Lock()):
            found = await self._previews.kept(place)
            if found is not None:
                return found
            image_format = format_of_file(shown[0].name)
            grid = ImageGrid(image_format, cells.columns, cells.rows, cells.width, cells.height, cells.gap)
            async with aclosing(self._images(job.result_key, shown)) as images:
                made = await self._grids.make(images, grid)
            await self._previews.keep(place, made)
        await self._remove_unwanted(job.key, place)
        return made

    async def _images(self, key: ResultKey, shown: Sequence[FrameRow]) -> AsyncGenerator[bytes, None]:
        for row in shown:
            async with aclosing(self._archives.read(key, data_offset(row), row.size_bytes)) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def _remove_unwanted(self, key: JobKey, place: str) -> None:
        """What we wrote after the result was swept away would stay for ever. Sweepers mark first and remove then."""
        async with self._units.begin() as work:
            job = await work.jobs.get(key)
            is_wanted = job is not None and job.has_result and not (await work.videos.lock(key.video_id)).deleted
        if not is_wanted:
            await self._previews.remove(place)
            raise ResultNotFound(key)


async def _evenly(work: UnitOfWork, key: JobKey, places: int) -> list[FrameRow]:
    return await work.frames.at(key, evenly(await work.frames.count(key), places))
