"""What the platform answers, typed. Fields that a newer platform adds are ignored."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import TERMINAL, VideoStatus
from pydantic import AliasChoices, BaseModel, ConfigDict, Field


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class Tokens(_Answer):
    """A session's keys."""

    access_token: str
    expires_in: float
    """Seconds."""
    refresh_token: str


class User(_Answer):
    """An account."""

    id: UUID
    email: str
    name: str | None = None
    locale: str | None = None
    email_verified: bool = False
    created_at: datetime | None = None


class Video(_Answer):
    """A video and the latest attempt to take its frames."""

    id: UUID
    filename: str
    size_bytes: int | None = None
    sha256: str | None = None
    external_id: str | None = None
    metadata: Any = None
    tags: list[str] = []
    status: VideoStatus
    progress: float = 0.0
    """0 to 1."""
    queue_position: int | None = None
    eta_s: float | None = None
    options: dict[str, Any] = {}
    media: Media | None = None
    frame_count: int | None = None
    frames_expected: int | None = None
    frames_ready: int = 0
    """How many can be listed and read already."""
    archive_bytes: int | None = None
    warnings: list[Warned] = []
    error: Failure | None = None
    attempts: int = 1
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    links: dict[str, str | None] = {}

    @property
    def finished(self) -> bool:
        """Completed, failed or cancelled: it changes no more by itself."""
        return self.status in TERMINAL


class Scores(_Answer):
    """How a frame looks."""

    model_config = ConfigDict(frozen=True, extra="allow")

    sharpness: float
    """The variance of the Laplacian of luma."""
    black: float
    """The share of pixels that are nearly black, 0 to 1."""
    freeze: float | None = None
    """Likeness to the entry before, 0 to 1."""
    hash: str
    """The difference hash, 16 hexadecimal digits."""


class Frame(_Answer):
    """One image of an archive: which moment it shows, how it was made, how to check it."""

    model_config = ConfigDict(frozen=True, extra="allow")

    index: int
    """Its number in the plan, from 1."""
    name: str
    time_s: float
    """Seconds from the video's first frame."""
    source_frame: int | None = Field(None, validation_alias=AliasChoices("source_frame", "frame"))
    """Its number in the video, from 0, where that is known."""
    pts: int | None = None
    """In units of `time_base`."""
    time_base: str | None = None
    """A ratio: "1/12800"."""
    width: int | None = None
    height: int | None = None
    keyframe: bool | None = None
    bytes: int | None = None
    crc32: str | None = None
    """8 hexadecimal digits."""
    sha256: str | None = None
    scores: Scores | None = None
    """Where the options ask for scores or dedup."""


class Manifest(_Answer):
    """The index of an archive: the same as its `manifest.json`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    version: int | str
    video: dict[str, Any]
    options: dict[str, Any]
    warnings: list[Warned] = []
    frames: list[Frame]


class Page(_Answer):
    """A piece of a list."""

    items: list[dict[str, Any]]
    next_cursor: str | None = None
