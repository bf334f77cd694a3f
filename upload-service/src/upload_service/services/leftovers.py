"""What the store has of a video that nobody wants goes: the open multipart upload, the file."""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from fiapx_common.errors import Unavailable

from upload_service.entities.errors import UploadNotFound
from upload_service.services.ports import Multiparts, Sources, Unfinished, UnitsOfWork

log = structlog.get_logger(__name__)


class Leftovers:
    """Removes what an ended video has left. Each step may be repeated, by several processes at once."""

    def __init__(self, work: UnitsOfWork, sources: Sources, multiparts: Multiparts) -> None:
        self._work = work
        self._sources = sources
        self._multiparts = multiparts

    async def remove(self, video_id: UUID) -> None:
        """First what could still become a file, then the file. Raises Unavailable: the sweeper's turn."""
        if (unfinished := await self._unfinished(video_id)) is not None:
            await self._multiparts.abort(unfinished)
        await self._sources.remove([video_id])
        now = datetime.now(UTC)
        async with self._work.begin() as work:
            await work.sources.removed([video_id], now)
            await work.direct_uploads.close(video_id, now)
            await work.commit()

    async def try_to_remove(self, video_id: UUID) -> None:
        """As `remove`, for a caller who need not know: what stays now, the sweeper removes when the store is back."""
        try:
            await self.remove(video_id)
        except Unavailable as error:
            log.warning("source.kept", video_id=str(video_id), code=error.code, detail=error.detail)

    async def _unfinished(self, video_id: UUID) -> Unfinished | None:
        async with self._work.begin() as work:
            try:
                upload = await work.direct_uploads.get(video_id)
            except UploadNotFound:
                return None
        return Unfinished(video_id, upload.multipart_id)
