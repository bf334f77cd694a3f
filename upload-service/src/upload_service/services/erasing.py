"""A user is no more: nothing of theirs is kept, and nothing of theirs comes any more."""

from datetime import UTC, datetime
from uuid import UUID

import structlog

from upload_service.services.announcing import deleted
from upload_service.services.ports import UnitsOfWork

log = structlog.get_logger(__name__)


class Erasing:
    """Deletes all videos of erased users. What is in the store, and then the rows, go by the sweeper."""

    def __init__(self, work: UnitsOfWork, *, batch: int = 100) -> None:
        self._work = work
        self._batch = batch

    async def erase(self, user_id: UUID) -> int:
        """How many videos were deleted, in whatever state they were. May be repeated, and go on where it broke off."""
        async with self._work.begin() as work:
            # whoever is adding a video is waited for; whoever comes after it finds the user erased
            await work.videos.lock_usage(user_id, datetime.now(UTC))
            await work.erased_users.add(user_id)
            await work.commit()
        count = 0
        while some := await self._delete_some(user_id):
            count += some
        log.info("user.erased", videos=count)
        return count

    async def _delete_some(self, user_id: UUID) -> int:
        async with self._work.begin() as work:
            videos = await work.videos.lock_some(user_id, self._batch)
            for video in videos:
                gone = video.deleted(datetime.now(UTC))
                await work.videos.change(video, gone)
                await work.outbox.add(deleted(gone))
            await work.shares.remove_all([video.id for video in videos])
            await work.commit()
        return len(videos)
