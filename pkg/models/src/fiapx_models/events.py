"""What happened: the events between services. The routing key and CloudEvents type is `TYPE`."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
    """The user."""

    def subject(self) -> str:
        return str(self.user_id)


class MailedLink(BaseModel):
    """A link that works once. Whoever has the token may use it: it goes into a mail and nowhere else."""

    model_config = ConfigDict(frozen=True)
    token: str = Field(repr=False)
    """Its secret."""
    requested_at: datetime
    """When the user asked for it."""
    expires_at: datetime
    """Until when it works."""


class UserDescribed(UserEvent):
    """Who a user is now."""

    email: str
    """Where mail goes."""
    name: str
    """What the user is called; may be empty."""
    locale: str
    """`en` or `pt-BR`."""
    changed_at: datetime | None = None
    """Grows with each change of this user. A message's own time has whole seconds, too coarse to order two changes."""


class UserRegistered(UserDescribed):
    """An account exists and can be written to."""

    TYPE: ClassVar[str] = "user.registered.v1"
    verification: MailedLink | None = None
    """To verify the address."""


class UserUpdated(UserDescribed):
    """Name, address or language changed; carries all of them."""

    TYPE: ClassVar[str] = "user.updated.v1"


class LinkRequested(UserEvent):
    """A user wants a link by mail."""

    request_id: UUID
    """One mail for each."""
    link: MailedLink
    """The link."""


class EmailVerificationRequested(LinkRequested):
    """To verify the address, once more: the first such link is in `UserRegistered`."""

    TYPE: ClassVar[str] = "user.email-verification-requested.v1"


class PasswordResetRequested(LinkRequested):
    """To choose a new password."""

    TYPE: ClassVar[str] = "user.password-reset-requested.v1"


class UserDeleted(UserEvent):
    """The account and all that belongs to it is to vanish."""

    TYPE: ClassVar[str] = "user.deleted.v1"


class VideoEvent(Event):
    """About one attempt of one video."""

    video_id: UUID
    """The video."""
    user_id: UUID
    """Whose it is."""
    attempt: int
    """From 1; retry and reprocess begin a new one."""

    def subject(self) -> str:
        return str(self.video_id)


class VideoUploaded(VideoEvent):
    """The source lies in the store; an attempt may begin."""

    TYPE: ClassVar[str] = "video.uploaded.v1"
    filename: str
    """As its user named it."""
    source_key: str
    """Where it lies in the store."""
    size_bytes: int
    """Of the source."""
    options_json: str
    """Canonical JSON of `fiapx_models.options.Options`."""
    external_id: str | None = None
    """The user's own name for it."""
    metadata_json: str | None = None
    """The user's own JSON object."""
    content_sha256: str | None = None
    """Of the source, taken by upload-service itself; None where only the client could tell it."""


class VideoProcessingStarted(VideoEvent):
    """The plan stands: what it is and how many frames will come."""

    TYPE: ClassVar[str] = "video.processing-started.v1"
    media: Media
    """What it is."""
    frames_expected: int
    """How many the plan has."""
    started_at: datetime
    """When the plan stood."""


class VideoProgressed(VideoEvent):
    """More of the plan is done."""

    TYPE: ClassVar[str] = "video.progressed.v1"
    progress: float
    """0 to 1: work done ÷ work planned."""
    frames_done: int
    """How many are made."""
    frames_ready: int = 0
    """Of them, those that can be read already; a sender of before does not tell."""


class VideoProcessed(VideoEvent):
    """The archive stands in the store, whole. Whether its user still wants it, upload-service decides: `VideoEnded`."""

    TYPE: ClassVar[str] = "video.processed.v1"
    filename: str
    """As its user named it."""
    media: Media
    """What it is."""
    frame_count: int
    """How many frames the archive has."""
    archive_key: str
    """Where the archive lies in the store."""
    archive_bytes: int
    """Its size."""
    manifest_key: str
    """Where the manifest lies in the store."""
    warnings: list[Warned] = []
    """What its user should know all the same."""
    finished_at: datetime
    """When the archive stood."""


class VideoFailed(VideoEvent):
    """Processing gave this attempt up. Whether its user is told of it, upload-service decides: `VideoEnded`."""

    TYPE: ClassVar[str] = "video.failed.v1"
    filename: str
    """As its user named it."""
    error: Failure
    """Why, and what to do."""
    finished_at: datetime
    """When it was given up."""


class VideoOfUser(VideoEvent):
    """With what its user gave the video at the upload, for whoever tells users of it; a sender of before tells none."""

    external_id: str | None = None
    """The client's own name for the video."""
    metadata_json: str | None = None
    """The client's own JSON object."""
    tags: list[str] = []
    """The client's own."""


class VideoEnded(VideoOfUser):
    """An attempt is completed or failed for its user, once and for good: told by the owner of the video's state."""

    TYPE: ClassVar[str] = "video.ended.v1"
    filename: str
    """As its user named it."""
    frame_count: int | None = None
    """Of a completed attempt."""
    warnings: list[Warned] = []
    """Of a completed attempt."""
    error: Failure | None = None
    """Of a failed one."""
    finished_at: datetime
    """When it ended."""

    @model_validator(mode="after")
    def _is_completed_or_failed(self) -> Self:
        if (self.frame_count is None) == (self.error is None):
            raise ValueError("an attempt ends with either frame_count or error")
        return self


class VideoCancelled(VideoOfUser):
    """Its user no longer wants this attempt."""

    TYPE: ClassVar[str] = "video.cancelled.v1"
    filename: str = ""
    """As it was uploaded."""
    finished_at: datetime | None = None
    """When it was cancelled."""


class VideoDeleted(VideoEvent):
    """Its user no longer wants the video at all; results and parts of every attempt up to this one may go."""

    TYPE: ClassVar[str] = "video.deleted.v1"
