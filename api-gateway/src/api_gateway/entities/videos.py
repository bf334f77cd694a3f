"""Videos and their frames, as upload-service and processing-service tell them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import TERMINAL, VideoStatus

_UNDER_WAY = frozenset({VideoStatus.UPLOADING, VideoStatus.QUEUED, VideoStatus.PROCESSING})
_IN_QUEUE = frozenset({VideoStatus.QUEUED, VideoStatus.PROCESSING})
_ENDED_WITHOUT_RESULT = frozenset({VideoStatus.FAILED, VideoStatus.CANCELLED})


@dataclass(frozen=True)
class Video:
    """A video and the present attempt at its frames."""

    id: UUID
    filename: str
    size_bytes: int
    sha256: str | None
    external_id: str | None
    metadata: Any
    tags: tuple[str, ...]
    status: VideoStatus
    progress: float
    options: Any
    media: Media | None
    frame_count: int | None
    frames_expected: int | None
    frames_ready: int
    """Frames that can be read already."""
    archive_bytes: int | None
    warnings: tuple[Warned, ...]
    error: Failure | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    source_expires_at: datetime | None
    """How long the uploaded file is kept; of half a file nothing is."""
    queue_position: int | None = None
    """Videos that will begin before it, plus one; None: it does not wait, or nobody can tell."""
    eta_s: float | None = None
    """Seconds until it ends; None: it has, or nobody can tell."""

    @property
    def awaits_its_end(self) -> bool:
        """It waits in the queue, or is being worked on."""
        return self.status in _IN_QUEUE

    @property
    def has_owners_words(self) -> bool:
        """Its archive tells what its owner has said for themselves."""
        return self.external_id is not None or self.metadata is not None

    @property
    def archive_name(self) -> str:
        """What all of its frames are saved as."""
        return f"{self._stem}-frames.zip"

    @property
    def selection_name(self) -> str:
        """What some of its frames are saved as."""
        return f"{self._stem}-some-frames.zip"

    @property
    def contact_sheet_name(self) -> str:
        """What its overview is saved as."""
        return f"{self._stem}-contact-sheet.jpg"

    @property
    def _stem(self) -> str:
        stem, dot, _ = self.filename.rpartition(".")
        return stem if dot and stem else self.filename

    @property
    def can_be_cancelled(self) -> bool:
        """Work on it may still be stopped."""
        return self.status in _UNDER_WAY

    def can_be_retried(self, now: datetime) -> bool:
        """A new attempt may be asked for: there is none under way, and the file is still kept."""
        is_kept = self.source_expires_at is not None and self.source_expires_at > now
        return is_kept and self.status in _ENDED_WITHOUT_RESULT

    def can_be_reprocessed(self, now: datetime) -> bool:
        """A new attempt with other options may be asked for, however the one before ended."""
        is_kept = self.source_expires_at is not None and self.source_expires_at > now
        return is_kept and self.status in TERMINAL

    def has_expired(self, now: datetime) -> bool:
        """Its result is no longer kept."""
        return self.expires_at is not None and self.expires_at <= now

    def readable_frames(self, now: datetime) -> int:
        """How many of its frames can be had."""
        return 0 if self.has_expired(now) else self.frames_ready

    def has_result(self, now: datetime) -> bool:
        """Its frames can be had."""
        return self.status is VideoStatus.COMPLETED and not self.has_expired(now)


@dataclass(frozen=True)
class QueuePlace:
    """Where a video stands; None: it runs, or nobody can know yet."""

    position: int | None
    eta_s: float | None


@dataclass(frozen=True)
class VideoPage:
    """Some of a user's videos; `next_cursor` is None on the last page."""

    videos: tuple[Video, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class VideoFilter:
    """Which of a user's videos; an empty text means any."""

    status: str = ""
    query: str = ""
    tag: str = ""
    external_id: str = ""


class ManifestForm(StrEnum):
    """How the manifest is written."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class FrameScores:
    """How a frame looks; `freeze` is None where none comes before it."""

    sharpness: float
    black: float
    freeze: float | None
    hash: str


@dataclass(frozen=True)
class Frame:
    """One row of the manifest."""

    index: int
    name: str
    source_frame: int | None
    pts: int
    time_base: str
    time_s: str
    keyframe: bool
    width: int
    height: int
    size_bytes: int
    crc32: int
    sha256: str
    scores: FrameScores | None


@dataclass(frozen=True)
class FramePage:
    """Some rows; `more` says whether others follow."""

    frames: tuple[Frame, ...]
    more: bool
