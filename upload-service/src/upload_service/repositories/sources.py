"""The uploaded files in the object store.

Needs s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts below `sources/`, and
s3:ListBucket and s3:ListBucketMultipartUploads for that prefix. Writes `sources/{video_id}` and nothing else. What a
process that dies leaves behind (an open multipart upload, a file without a row) is removed by the sweeper.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import structlog
from fiapx_common.errors import Unavailable
from fiapx_common.object_store import MinioObjectStore

from upload_service.entities.video import source_key
from upload_service.repositories.source_keys import PREFIX, video_of
from upload_service.repositories.source_writer import MinioSourceWriter

log = structlog.get_logger(__name__)


class MinioSources:
    """Files below `sources/`."""

    def __init__(self, store: MinioObjectStore, part_bytes: int) -> None:
        self._store = store
        self._part_bytes = part_bytes
        self._discarding: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def writing(self, video_id: UUID) -> AsyncIterator[MinioSourceWriter]:
        writer = MinioSourceWriter(self._store, source_key(video_id), self._part_bytes)
        try:
            yield writer
        except BaseException:
            if not writer.kept:
                # A task of its own: whoever was cancelled can't be kept from leaving.
                discarding = asyncio.create_task(_discard(writer, video_id))
                self._discarding.add(discarding)
                discarding.add_done_callback(self._discarding.discard)
                await asyncio.shield(discarding)
            raise

    async def settle(self) -> None:
        """Waits until what is being removed is gone."""
        await asyncio.gather(*self._discarding)

    async def remove(self, video_ids: Collection[UUID]) -> None:
        await self._store.delete([source_key(video_id) for video_id in video_ids])

    async def older_than(self, before: datetime) -> AsyncIterator[UUID]:
        async for found in self._store.list(PREFIX):
            video_id = video_of(found.key)
            if video_id is not None and found.modified_at is not None and found.modified_at < before:
                yield video_id


async def _discard(writer: MinioSourceWriter, video_id: UUID) -> None:
    try:
        await writer.discard()
    except Unavailable as error:
        log.warning("source.left", video_id=str(video_id), code=error.code, detail=error.detail)
