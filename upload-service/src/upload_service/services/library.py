"""A user's videos: seen, cancelled, tried again, deleted, downloaded."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from fiapx_models.statuses import VideoStatus

from upload_service.entities.changes import RecordedChange
from upload_service.entities.details import archive_filename
from upload_service.entities.listing import LIMIT_HIGHEST, Listing, Page
from upload_service.entities.video import Video
from upload_service.services.announcing import cancelled, deleted, uploaded
from upload_service.services.change_ports import ChangeRecords, VideoCache
from upload_service.services.leftovers import Leftovers
from upload_service.services.ports import ArchiveLinks, UnitsOfWork

log = structlog.get_logger(__name__)


class ArchiveLink(NamedTuple):
    """Where the archive can be fetched, and until when."""

    url: str
    expires_at: datetime


class Library:
    """What users do with videos. Each method raises VideoNotFound for a video that is not the user's."""

    def __init__(
        self,
        work: UnitsOfWork,
        records: ChangeRecords,
        cache: VideoCache,
        leftovers: Leftovers,
        *,
        links: ArchiveLinks,
        link_ttl: timedelta,
    ) -> None:
        self._work = work
        self._records = records
        self._cache = cache
        self._leftovers = leftovers
        self._links = links
        self._link_ttl = link_ttl

    async def get(self, user_id: UUID, video_id: UUID) -> Video:
        """One video."""
        video = await self._cache.fetch(video_id, lambda: self._records.current(user_id, video_id))
        return video.seen_by(user_id)

    async def find(self, listing: Listing) -> Page:
        """Some videos, newest first."""
        async with self._work.begin() as work:
            return await work.videos.find(listing)

    async def changes(
        self, user_id: UUID, video_id: UUID, after_seq: int, limit: int
    ) -> tuple[Sequence[RecordedChange], bool]:
        """The record of the video after a seq, the oldest change first, and whether others follow.

        A `limit` of 0 means the most, 200.
        """
        most = min(limit, LIMIT_HIGHEST) if limit > 0 else LIMIT_HIGHEST
        return await self._records.history(user_id, video_id, after_seq, most)

    async def cancel(self, user_id: UUID, video_id: UUID) -> Video:
        """Ends the present attempt, or the upload before it. A cancelled video is answered as it is.

        Raises:
            VideoNotCancellable
        """
        async with self._work.begin() as work:
            video = await work.videos.lock(user_id, video_id)
            ended = video.cancelled(datetime.now(UTC))
            if ended == video:
                return ended
            began = video.status is not VideoStatus.UPLOADING
            await work.videos.change(video, ended)
            if began:
                await work.outbox.add(cancelled(ended))
            await work.commit()
            log.info("video.cancelled", video_id=str(video_id), attempt=ended.attempt)
        if not began:
            await self._leftovers.try_to_remove(video_id)
        return ended

    async def retry(self, user_id: UUID, video_id: UUID) -> Video:
        """Begins a new attempt.

        Raises:
            VideoNotRetryable, SourceExpired
        """
        async with self._work.begin() as work:
            video = await work.videos.lock(user_id, video_id)
            again = video.retried(datetime.now(UTC))
            await work.videos.change(video, again)
            await work.outbox.add(uploaded(again))
            await work.commit()
            log.info("video.retried", video_id=str(video_id), attempt=again.attempt)
            return again

    async def delete(self, user_id: UUID, video_id: UUID) -> None:
        """Hides the video at once and removes its file. Archive and parts go with the event, by their owner."""
        async with self._work.begin() as work:
            video = await work.videos.lock(user_id, video_id)
            gone = video.deleted(datetime.now(UTC))
            await work.videos.change(video, gone)
            await work.shares.remove_all([video_id])
            await work.outbox.add(deleted(gone))
            await work.commit()
            log.info("video.deleted", video_id=str(video_id))
        await self._leftovers.try_to_remove(video_id)

    async def archive_link(self, user_id: UUID, video_id: UUID) -> ArchiveLink:
        """An address of the finished archive, valid for a while but not longer than the archive.

        Raises:
            ArchiveNotReady, ArchiveExpired
        """
        video = await self.get(user_id, video_id)
        now = datetime.now(UTC)
        archive = video.downloadable(now)
        until = min(now + self._link_ttl, video.expires_at or now)
        lasts_s = max(1, int((until - now).total_seconds()))
        url = self._links.sign(archive.key, archive_filename(video.filename), lasts_s)
        return ArchiveLink(url, now + timedelta(seconds=lasts_s))
