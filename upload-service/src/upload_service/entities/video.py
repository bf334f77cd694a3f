"""A video and its lawful ways: uploading → queued → processing → completed | failed | cancelled, never back.

Only a retry or reprocessing goes from an end to `queued`, and that is a new attempt. What is told of an attempt may
come in any order and more than once: each method answers the video as it is when the news changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import TERMINAL, VideoStatus

from upload_service.entities.errors import (
    ArchiveExpired,
    ArchiveNotReady,
    SourceExpired,
    VideoNotCancellable,
    VideoNotFound,
    VideoNotReprocessable,
    VideoNotRetryable,
)

_UNFINISHED_MOST: Final = 0.99
_RETRYABLE: Final = frozenset({VideoStatus.FAILED, VideoStatus.CANCELLED})


@dataclass(frozen=True)
class Archive:
    """The finished frames of one attempt."""

    key: str
    manifest_key: str
    size_bytes: int
    frame_count: int


@dataclass(frozen=True)
class Video:
    """One upload of one user, and how its present attempt goes."""

    id: UUID
    user_id: UUID
    filename: str
    size_bytes: int
    options_json: str
    created_at: datetime
    source_expires_at: datetime
    status: VideoStatus = VideoStatus.UPLOADING
    sha256: str | None = None
    external_id: str | None = None
    metadata_json: str | None = None
    tags: tuple[str, ...] = ()
    attempt: int = 1
    progress: float = 0.0
    media: Media | None = None
    frames_expected: int | None = None
    frames_ready: int = 0
    """Frames of the present attempt that can be read already."""
    archive: Archive | None = None
    warnings: tuple[Warned, ...] = ()
    error: Failure | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    """When the archive goes."""
    deleted_at: datetime | None = None

    @property
    def source_key(self) -> str:
        """Where the uploaded file lies in the store."""
        return source_key(self.id)

    def seen_by(self, user_id: UUID) -> Self:
        """As its owner sees it.

        Raises:
            VideoNotFound: deleted, or somebody else's.
        """
        if self.user_id != user_id or self.deleted_at is not None:
            raise VideoNotFound
        return self

    def as_accepted(self, options_json: str) -> Self:
        """As it was told when its file had come, with the options of then, whatever has become of it since."""
        return type(self)(
            id=self.id,
            user_id=self.user_id,
            filename=self.filename,
            size_bytes=self.size_bytes,
            options_json=options_json,
            created_at=self.created_at,
            source_expires_at=self.source_expires_at,
            sha256=self.sha256,
            external_id=self.external_id,
            metadata_json=self.metadata_json,
            tags=self.tags,
        ).queued()

    def queued(self) -> Self:
        """The whole file has arrived."""
        return self if self.status is not VideoStatus.UPLOADING else replace(self, status=VideoStatus.QUEUED)

    def arrived(self, at: datetime, keep: timedelta) -> Self:
        """The whole file has arrived, and is kept so long."""
        return replace(self.queued(), source_expires_at=at + keep) if self.status is VideoStatus.UPLOADING else self

    def abandoned(self, error: Failure, at: datetime) -> Self:
        """The file did not become one that can be processed; nothing of it is kept, so nothing can be tried again."""
        if self.status is not VideoStatus.UPLOADING:
            return self
        return replace(self, status=VideoStatus.FAILED, error=error, finished_at=at, source_expires_at=at)

    def started(self, attempt: int, media: Media, frames_expected: int, at: datetime) -> Self:
        """The plan stands. After the attempt's end this only fills in what the end did not tell."""
        if not self._hears_of(attempt) or self.started_at is not None:
            return self
        told = replace(self, media=self.media or media, frames_expected=frames_expected, started_at=at)
        return told if self.status in TERMINAL else replace(told, status=VideoStatus.PROCESSING)

    def progressed(self, attempt: int, progress: float, frames_ready: int) -> Self:
        """More is done. Nothing of it shrinks within an attempt; progress is 1 only when the archive stands."""
        if not self._hears_of(attempt) or self.status in TERMINAL:
            return self
        further = max(self.progress, min(max(progress, 0.0), _UNFINISHED_MOST))
        ready = max(self.frames_ready, frames_ready)
        return replace(self, status=VideoStatus.PROCESSING, progress=further, frames_ready=ready)

    def completed(
        self,
        attempt: int,
        media: Media,
        archive: Archive,
        warnings: tuple[Warned, ...],
        *,
        at: datetime,
        keep: timedelta,
    ) -> Self:
        """The archive stands and is kept so long."""
        if not self._hears_of(attempt) or self.status in TERMINAL:
            return self
        return replace(
            self,
            status=VideoStatus.COMPLETED,
            progress=1.0,
            frames_ready=archive.frame_count,
            media=media,
            archive=archive,
            warnings=warnings,
            finished_at=at,
            expires_at=at + keep,
        )

    def failed(self, attempt: int, error: Failure, at: datetime) -> Self:
        """The attempt ended without a result."""
        if not self._hears_of(attempt) or self.status in TERMINAL:
            return self
        return replace(self, status=VideoStatus.FAILED, error=error, finished_at=at, frames_ready=0)

    def cancelled(self, at: datetime) -> Self:
        """Its user no longer wants this attempt. A second cancel changes nothing. Of half a file nothing is kept.

        Raises:
            VideoNotCancellable: completed or failed.
        """
        if self.status is VideoStatus.CANCELLED:
            return self
        if self.status in TERMINAL:
            raise VideoNotCancellable(self.status)
        kept_until = at if self.status is VideoStatus.UPLOADING else self.source_expires_at
        return replace(self, status=VideoStatus.CANCELLED, finished_at=at, source_expires_at=kept_until, frames_ready=0)

    def retried(self, at: datetime) -> Self:
        """A new attempt on the same file; what the old one said is gone, but for the facts of the media.

        Raises:
            VideoNotRetryable: neither failed nor cancelled.
            SourceExpired: the file is no longer kept.
        """
        if self.status not in _RETRYABLE:
            raise VideoNotRetryable(self.status)
        if self.source_expires_at <= at:
            raise SourceExpired
        return replace(
            self,
            status=VideoStatus.QUEUED,
            attempt=self.attempt + 1,
            progress=0.0,
            frames_expected=None,
            error=None,
            started_at=None,
            finished_at=None,
        )

    def reprocessed(self, options_json: str, at: datetime) -> Self:
        """A new attempt with these options on the same file, however the one before ended; what that said is gone.

        Raises:
            VideoNotReprocessable: not ended.
            SourceExpired: the file is no longer kept.
        """
        if self.status not in TERMINAL:
            raise VideoNotReprocessable(self.status)
        if self.source_expires_at <= at:
            raise SourceExpired
        return self.as_reprocessed(options_json, self.attempt + 1)

    def as_reprocessed(self, options_json: str, attempt: int) -> Self:
        """As it was told when reprocessing began this attempt, whatever has become of it since."""
        return replace(self.as_accepted(options_json), attempt=attempt)

    def deleted(self, at: datetime) -> Self:
        """Hidden from now on; nothing that is told later changes it."""
        return replace(self, deleted_at=at)

    def downloadable(self, at: datetime) -> Archive:
        """Its archive.

        Raises:
            ArchiveNotReady: not completed.
            ArchiveExpired: no longer kept.
        """
        if self.archive is None or self.expires_at is None:
            raise ArchiveNotReady(self.status)
        if self.expires_at <= at:
            raise ArchiveExpired
        return self.archive

    def _hears_of(self, attempt: int) -> bool:
        """Whether news of this attempt matter: not before the file is whole, nor after a cancel, retry or deletion."""
        deaf = self.status in {VideoStatus.UPLOADING, VideoStatus.CANCELLED}
        return self.deleted_at is None and not deaf and attempt == self.attempt


def source_key(video_id: UUID) -> str:
    """The store's key of a video's file: made of its id, never of a user's string."""
    return f"sources/{video_id}"
