"""What happened: the events between services. The routing key and CloudEvents type is `TYPE`."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from fiapx_models.media import Failure, Media, Warned


class Event(BaseModel, ABC):
    """A fact in the past tense. Unknown fields are ignored, so that a newer sender may add some."""

    model_config = ConfigDict(frozen=True)
    TYPE: ClassVar[str]

    @abstractmethod
    def subject(self) -> str:
        """What it is about (CloudEvents `subject`)."""


class UserEvent(Event):
    """About a user."""

    user_id: UUID

    def subject(self) -> str:
        return str(self.user_id)


class UserRegistered(UserEvent):
    """An account exists and can be written to."""

    TYPE: ClassVar[str] = "user.registered.v1"
    email: str
    name: str
    locale: str


class UserUpdated(UserRegistered):
    """Name, address or language changed; carries all of them."""

    TYPE: ClassVar[str] = "user.updated.v1"


class UserDeleted(UserEvent):
    """The account and all that belongs to it is to vanish."""

    TYPE: ClassVar[str] = "user.deleted.v1"


class VideoEvent(Event):
    """About one attempt of one video."""

    video_id: UUID
    user_id: UUID
    attempt: int
    """From 1; retry and reprocess begin a new one."""

    def subject(self) -> str:
        return str(self.video_id)


class VideoUploaded(VideoEvent):
    """The source lies in the store; an attempt may begin."""

    TYPE: ClassVar[str] = "video.uploaded.v1"
    filename: str
    source_key: str
    size_bytes: int
    options_json: str
    """Canonical JSON of `fiapx_models.options.Options`."""
    external_id: str | None = None
    metadata_json: str | None = None


class VideoProcessingStarted(VideoEvent):
    """The plan stands: what it is and how many frames will come."""

    TYPE: ClassVar[str] = "video.processing-started.v1"
    media: Media
    frames_expected: int
    started_at: datetime


class VideoProgressed(VideoEvent):
    """More of the plan is done."""

    TYPE: ClassVar[str] = "video.progressed.v1"
    progress: float
    """0 to 1: work done ÷ work planned."""
    frames_done: int


class VideoProcessed(VideoEvent):
    """The archive stands in the store, whole."""

    TYPE: ClassVar[str] = "video.processed.v1"
    filename: str
    media: Media
    frame_count: int
    archive_key: str
    archive_bytes: int
    manifest_key: str
    warnings: list[Warned] = []
    finished_at: datetime


class VideoFailed(VideoEvent):
    """This attempt ended without a result."""

    TYPE: ClassVar[str] = "video.failed.v1"
    filename: str
    error: Failure
    finished_at: datetime


class VideoCancelled(VideoEvent):
    """Its user no longer wants this attempt."""

    TYPE: ClassVar[str] = "video.cancelled.v1"


class VideoDeleted(VideoEvent):
    """Its user no longer wants the video at all; results and parts of every attempt up to this one may go."""

    TYPE: ClassVar[str] = "video.deleted.v1"
