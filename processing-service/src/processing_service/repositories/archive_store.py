"""Parts and results in the object store.

Needs to read, write, list and delete `parts/*` and `results/*`, with multipart uploads and copies between them.
Without the store nothing is lost: work waits. Zombies' objects have keys of their own; the sweeper removes them.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final
from uuid import UUID

from fiapx_common.object_store import MinioObjectStore, StoreUnavailable
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.frame_rows import FrameRow, frame_row
from fiapx_engine.manifest import ClosedArchive, close_archive
from fiapx_engine.zip_parts import ZipPart

from processing_service.entities.archive import (
    StoredPart,
    archive_key,
    manifest_key,
    parts_of_job,
    parts_of_video,
    plan_join,
    previews_of_job,
    result_folder,
    results_of_job,
    results_of_video,
)
from processing_service.entities.description import description_of
from processing_service.entities.job import Job, JobKey, ResultKey
from processing_service.repositories.joining import join_parts
from processing_service.repositories.object_stream import ObjectStream
from processing_service.services.row_ports import Result, WrittenPart

_PART_TYPE: Final = "application/octet-stream"
_MANIFEST_TYPE: Final = "application/json"


class S3Archives:
    """On one bucket."""

    def __init__(self, store: MinioObjectStore) -> None:
        self._store = store

    async def write_part(self, key: str, frames: AsyncGenerator[EncodedFrame, None]) -> WrittenPart:
        part, rows, damaged = ZipPart(), list[FrameRow](), list[tuple[float, float]]()
        stream = ObjectStream(self._store, key, _PART_TYPE)
        try:
            # closed before the upload is given up: a decoder must not outlive a cancel because the store is slow
            async with aclosing(frames):
                async for frame in frames:
                    damaged += frame.damaged
                    for chunk in await asyncio.to_thread(_append, part, rows, frame):
                        await stream.write(chunk)
            await stream.finish()
        except BaseException:
            await stream.abort()
            raise
        return WrittenPart(StoredPart(key, part.length_bytes), tuple(rows), tuple(damaged))

    async def join(self, key: ResultKey, job: Job, parts: Sequence[WrittenPart]) -> Result:
        closed = await asyncio.to_thread(_close, job, parts)
        await self._store.put(manifest_key(key), closed.manifest, _MANIFEST_TYPE)
        plan = plan_join([part.stored for part in parts])
        await join_parts(self._store, archive_key(key), plan, closed.tail, closed.size_bytes)
        return Result(key, closed.frame_count, closed.size_bytes, job.warnings)

    async def read_manifest(self, key: ResultKey) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._store.read(manifest_key(key))) as chunks:
            async for chunk in chunks:
                yield chunk

    def read(self, key: ResultKey, start: int, length: int) -> AsyncGenerator[bytes, None]:
        return self._read(archive_key(key), start, length)

    def read_part(self, key: str, start: int, length: int) -> AsyncGenerator[bytes, None]:
        return self._read(key, start, length)

    async def remove_part(self, key: str) -> None:
        await self._store.delete([key])

    async def remove_parts(self, job: JobKey) -> None:
        await self._remove(parts_of_job(job))

    async def remove_result(self, key: ResultKey) -> None:
        await self._abort(result_folder(key))
        await self._store.delete([archive_key(key), manifest_key(key)])

    async def remove_other_results(self, kept: ResultKey) -> None:
        whole, keys = results_of_job(kept.job), (archive_key(kept), manifest_key(kept))
        await self._abort(whole)
        found = [facts.key async for facts in self._store.list(whole)]
        previews = previews_of_job(kept.job)
        await self._store.delete([key for key in found if key not in keys and not key.startswith(previews)])

    async def remove_results(self, job: JobKey) -> None:
        await self._remove(results_of_job(job))

    async def remove_video(self, video_id: UUID) -> None:
        await self._remove(parts_of_video(video_id))
        await self._remove(results_of_video(video_id))

    async def _read(self, key: str, start: int, length: int) -> AsyncGenerator[bytes, None]:
        left = length
        async with aclosing(self._store.read(key, start, length)) as chunks:
            async for chunk in chunks:
                left -= len(chunk)
                yield chunk
        if left:
            raise StoreUnavailable(f"{left} bytes of {key} are missing")

    async def _remove(self, prefix: str) -> None:
        await self._abort(prefix)
        await self._store.delete_prefix(prefix)

    async def _abort(self, prefix: str) -> None:
        for upload in await self._store.list_multipart(prefix):
            await self._store.abort_multipart(upload.key, upload.upload_id)


def _append(part: ZipPart, rows: list[FrameRow], frame: EncodedFrame) -> list[bytes]:
    """Headers and data of a frame's entries; in a thread, since it reads every byte for CRC-32 and SHA-256."""
    chunks: list[bytes] = []
    for entry in frame.entries:
        chunks += part.append(entry.name, frame.data)
        rows.append(frame_row(entry, frame, part.rows[-1]))
    return chunks


def _close(job: Job, parts: Sequence[WrittenPart]) -> ClosedArchive:
    return close_archive(description_of(job), [(part.stored.kept_bytes, part.rows) for part in parts])
