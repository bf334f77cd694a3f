"""What goes over the wire. Requests are strict, answers are complete."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fiapx_models.media import Failure, Media, Warned
from fiapx_models.statuses import VideoStatus
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api_gateway.controllers.request_body import RequestBody
from api_gateway.entities.platform import PlatformStatus
from api_gateway.entities.users import Session, User
from api_gateway.entities.videos import Video

API: str = "/api/v1"
_MOMENT = "2026-11-24T12:00:00Z"
_RENEWING = "b1o2x3…"
_MAILED = "m7n8p9…"


def _carriable(text: str) -> str:
    """Refuses what neither gRPC nor PostgreSQL can carry."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("must not contain NUL or half a character")
    return text


Text = Annotated[str, AfterValidator(_carriable)]
ShortText = Annotated[Text, Field(max_length=1000)]


class RegisterRequest(RequestBody):
    """A new account."""

    email: ShortText = Field(examples=["ana@example.com"], json_schema_extra={"format": "email"})
    password: ShortText = Field(
        examples=["correct horse battery"], json_schema_extra={"format": "password", "minLength": 8, "maxLength": 128}
    )
    name: ShortText | None = Field(None, examples=["Ana"])
    locale: ShortText | None = Field(None, description='"en" or "pt-BR"', examples=["pt-BR"])


class LoginRequest(RequestBody):
    """An account's address and password."""

    email: ShortText = Field(examples=["ana@example.com"])
    password: ShortText = Field(examples=["correct horse battery"], json_schema_extra={"format": "password"})


class RefreshRequest(RequestBody):
    """The refresh token of the last login or refresh; it is good once."""

    refresh_token: ShortText = Field(min_length=1, examples=[_RENEWING])


class LogoutRequest(RequestBody):
    """The session to end; without a refresh token, the access token's."""

    refresh_token: ShortText | None = Field(None, min_length=1, examples=[_RENEWING])


class VerifyEmailRequest(RequestBody):
    """What the link in the mail carries; it is good once."""

    token: ShortText = Field(min_length=1, examples=[_MAILED])


class ForgotPasswordRequest(RequestBody):
    """An account's address."""

    email: ShortText = Field(examples=["ana@example.com"])


class ResetPasswordRequest(RequestBody):
    """What the link in the mail carries, good once, and the new password."""

    token: ShortText = Field(min_length=1, examples=[_MAILED])
    password: ShortText = Field(
        examples=["correct horse battery"], json_schema_extra={"format": "password", "minLength": 8, "maxLength": 128}
    )


class ProfileChange(RequestBody):
    """What is given is changed."""

    name: ShortText | None = Field(None, examples=["Ana"])
    locale: ShortText | None = Field(None, description='"en" or "pt-BR"', examples=["en"])


class ErasureRequest(RequestBody):
    """That it is you who wants this."""

    password: ShortText = Field(examples=["correct horse battery"], json_schema_extra={"format": "password"})


class UserDto(BaseModel):
    """A user."""

    model_config = ConfigDict(title="User")

    id: UUID
    email: str = Field(examples=["ana@example.com"])
    name: str = Field(examples=["Ana"])
    locale: str = Field(examples=["pt-BR"])
    email_verified: bool
    created_at: datetime = Field(examples=[_MOMENT])

    @classmethod
    def of(cls, user: User) -> Self:
        """The same user."""
        return cls.model_validate(user, from_attributes=True)


class TokensDto(BaseModel):
    """Tokens of a session."""

    model_config = ConfigDict(title="Tokens")

    access_token: str = Field(description="A JWT", examples=["eyJhbGciOiJFUzI1NiIs…"])
    token_type: str = Field("bearer", examples=["bearer"])
    expires_in: int = Field(description="Seconds", examples=[900])
    refresh_token: str = Field(description="Good once", examples=[_RENEWING])

    @classmethod
    def of(cls, session: Session) -> Self:
        """The same session."""
        return cls(
            access_token=session.access_token, expires_in=session.expires_in_s, refresh_token=session.refresh_token
        )


class VideoDto(BaseModel):
    """A video and the present attempt at its frames."""

    model_config = ConfigDict(title="Video")

    id: UUID
    filename: str = Field(examples=["holiday.mp4"])
    size_bytes: int = Field(examples=[734003])
    sha256: str | None
    external_id: str | None
    metadata: Any = Field(description="The JSON given at the upload")
    tags: list[str]
    status: VideoStatus
    progress: float = Field(ge=0, le=1)
    queue_position: int | None = Field(description="While it waits, where that is known")
    eta_s: float | None = Field(description="Seconds until it ends, where that can be judged")
    options: Any = Field(description="The options in full, in their canonical form")
    media: Media | None = Field(description="Known once the video has been looked into")
    frame_count: int | None
    frames_expected: int | None
    frames_ready: int = Field(
        description="Frames that can be listed and read already, while it is processing and when it is completed",
        examples=[120],
    )
    archive_bytes: int | None
    warnings: list[Warned]
    error: Failure | None
    attempts: int
    created_at: datetime = Field(examples=[_MOMENT])
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None
    links: dict[str, str] = Field(description="What can be done with it now", examples=[{"self": f"{API}/videos/…"}])

    @classmethod
    def of(cls, video: Video) -> Self:
        """The same video, with links to what can be done with it now."""
        fields = {name: getattr(video, name) for name in cls.model_fields if hasattr(video, name)}
        fields["frames_ready"] = video.readable_frames(datetime.now(UTC))
        return cls(**fields, attempts=video.attempt, links=_links(video))


class StatusDto(BaseModel):
    """The platform's workers and work, of all users together."""

    model_config = ConfigDict(title="Status")

    workers_alive: int = Field(examples=[4])
    videos_waiting: int = Field(examples=[2])
    videos_running: int = Field(examples=[3])
    segments_waiting: int = Field(description="Ready, and taken by nobody", examples=[5])
    segments_running: int = Field(examples=[4])
    oldest_wait_s: float = Field(
        description="How long the first in the queue has been waiting; 0 when nothing waits", examples=[1.5]
    )

    @classmethod
    def of(cls, status: PlatformStatus) -> Self:
        """The same status."""
        return cls.model_validate(status, from_attributes=True)


class VideoPageDto(BaseModel):
    """Some videos, newest first."""

    model_config = ConfigDict(title="VideoPage")

    items: list[VideoDto]
    next_cursor: str | None = Field(description="For the next page; null on the last")


def _links(video: Video) -> dict[str, str]:
    own = f"{API}/videos/{video.id}"
    links, now = {"self": own}, datetime.now(UTC)
    if video.has_result(now):
        links |= {"frames_zip": f"{own}/frames.zip", "frames": f"{own}/frames", "manifest": f"{own}/manifest.json"}
        links |= {"contact_sheet": f"{own}/contact-sheet.jpg", "sprite_vtt": f"{own}/sprite.vtt"}
    if video.can_be_cancelled:
        links["events"] = f"{own}/events"
        links["cancel"] = f"{own}/cancel"
    if video.can_be_retried(now):
        links["retry"] = f"{own}/retry"
    if video.can_be_reprocessed(now):
        links["reprocess"] = f"{own}/reprocess"
    return links
