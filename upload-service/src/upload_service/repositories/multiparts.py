"""Files that come in parts, as the store sees them.

Needs s3:PutObject, s3:GetObject, s3:AbortMultipartUpload and s3:ListMultipartUploadParts below `sources/`, and
s3:ListBucketMultipartUploads for that prefix: an address for a part has this service's rights. Writes
`sources/{video_id}`. A multipart upload without a row keeps its bytes for ever unless the sweeper drops it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from fiapx_common.object_store import MinioObjectStore, ObjectNotFound, Part, PartsRefused, UploadNotFound

from upload_service.entities.direct_upload import DirectUpload, UploadedPart
from upload_service.entities.errors import PartsDiffer, VideoNotFound
from upload_service.entities.video import source_key
from upload_service.repositories.source_keys import PREFIX, video_of
from upload_service.services.ports import Unfinished


class MinioMultiparts:
    """Multipart uploads below `sources/`."""

    def __init__(self, store: MinioObjectStore, public_url: str | None) -> None:
        self._store = store
        self._public_url = public_url

    async def begin(self, video_id: UUID) -> str:
        return await self._store.create_multipart(source_key(video_id))

    def sign(self, upload: DirectUpload, number: int, expires_s: int) -> str:
        key = source_key(upload.video_id)
        length = upload.plan.size_of(number)
        return self._store.presign_part(
            key, upload.multipart_id, number, length, expires_s, public_url=self._public_url
        )

    async def parts(self, upload: DirectUpload) -> Sequence[UploadedPart] | None:
        try:
            found = await self._store.list_parts(source_key(upload.video_id), upload.multipart_id)
        except UploadNotFound:
            return None
        return [UploadedPart(part.number, part.etag, part.size_bytes) for part in found]

    async def join(self, upload: DirectUpload, parts: Sequence[UploadedPart]) -> bool:
        named = [Part(part.number, part.etag, part.size_bytes) for part in parts]
        try:
            await self._store.complete_multipart(source_key(upload.video_id), upload.multipart_id, named)
        except PartsRefused as error:
            raise PartsDiffer([part.number for part in parts]) from error
        except UploadNotFound:
            return False
        return True

    async def size(self, video_id: UUID) -> int | None:
        try:
            return (await self._store.stat(source_key(video_id))).size_bytes
        except ObjectNotFound:
            return None

    async def head(self, video_id: UUID, length: int) -> bytes:
        try:
            return await self._store.read_all(source_key(video_id), 0, length)
        except ObjectNotFound as error:
            raise VideoNotFound from error

    async def abort(self, unfinished: Unfinished) -> None:
        await self._store.abort_multipart(source_key(unfinished.video_id), unfinished.multipart_id)

    async def older_than(self, before: datetime) -> Sequence[Unfinished]:
        return [
            Unfinished(video_id, found.upload_id)
            for found in await self._store.list_multipart(PREFIX)
            if found.started_at is not None and found.started_at < before
            if (video_id := video_of(found.key)) is not None
        ]
