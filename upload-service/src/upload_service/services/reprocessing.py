"""Another attempt, with other options, on a file that is here already."""

from datetime import UTC, datetime
from uuid import UUID

import structlog

from upload_service.entities.idempotency import Made, RequestKey, reprocessing_fingerprint
from upload_service.entities.quota import Allowance, Quota
from upload_service.entities.video import Video
from upload_service.services.announcing import uploaded
from upload_service.services.ports import UnitsOfWork
from upload_service.services.repeating import Held, Repeating

log = structlog.get_logger(__name__)


class Reprocessing:
    """Begins attempts of videos that have ended."""

    def __init__(self, work: UnitsOfWork, repeating: Repeating, quota: Quota) -> None:
        self._work = work
        self._repeating = repeating
        self._quota = quota

    async def reprocess(self, user_id: UUID, video_id: UUID, options_json: str, key: RequestKey | None) -> Video:
        """Begins an attempt with canonical options; what the one before gave can no longer be had.

        Asked again under the same key, the answer is the attempt that was begun, whatever has become of it.

        Raises:
            VideoNotFound, VideoNotReprocessable, SourceExpired
            StorageQuotaExceeded: the user keeps more than is allowed, even without the frames that go.
            IdempotencyKeyInUse, IdempotencyKeyReused
        """
        asked = reprocessing_fingerprint(video_id, options_json)
        async with self._repeating.holding(key) as held:
            if held.made is None:
                return await self._begin(user_id, video_id, options_json, held, asked)
            held.made.require_same(asked)
            async with self._work.begin() as work:
                video = await work.videos.whosever(video_id)
            return video.as_reprocessed(options_json, held.made.attempt)

    async def _begin(self, user_id: UUID, video_id: UUID, options_json: str, held: Held, asked: str) -> Video:
        async with self._work.begin() as work:
            now = datetime.now(UTC)
            video = await work.videos.lock(user_id, video_id)
            again = video.reprocessed(options_json, now)
            await work.videos.change(video, again)
            quota = await work.quotas.of(user_id, self._quota)
            Allowance(quota, await work.videos.usage(user_id, now)).hold(0)
            await work.outbox.add(uploaded(again))
            await held.settle(work, Made(video_id, asked, again.attempt))
            await work.commit()
        log.info("video.reprocessed", video_id=str(video_id), attempt=again.attempt)
        return again
