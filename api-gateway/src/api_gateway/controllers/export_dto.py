"""An export over the wire."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.api_keys_dto import ApiKeyDto
from api_gateway.controllers.dto import UserDto, VideoDto
from api_gateway.controllers.sessions_dto import SessionFacts
from api_gateway.controllers.shares_dto import ShareDto
from api_gateway.controllers.webhooks_dto import DeliveryDto, WebhookDto
from api_gateway.entities.exports import Export, HistoryEntry, KeptSession, SentMail
from api_gateway.entities.videos import Video


class KeptSessionDto(SessionFacts):
    """A place where the user is, or was until some days ago, logged in."""

    model_config = ConfigDict(title="KeptSession")

    ended_at: datetime | None = Field(description="When it was ended before its time; null: it was not")

    @classmethod
    def of(cls, session: KeptSession) -> Self:
        """The same session."""
        return cls.model_validate(session, from_attributes=True)


class HistoryEntryDto(BaseModel):
    """One change of a video."""

    model_config = ConfigDict(title="HistoryEntry")

    at: datetime
    fields: dict[str, Any] = Field(
        description="What was new, always with `status` and `attempts`; of the first entry all that was set",
        examples=[{"status": "processing", "attempts": 1, "progress": 0.25, "frames_ready": 3}],
    )

    @classmethod
    def of(cls, entry: HistoryEntry) -> Self:
        """The same entry."""
        return cls.model_validate(entry, from_attributes=True)


class OwnVideoDto(VideoDto):
    """A video, without its record."""

    model_config = ConfigDict(title="OwnVideo")

    source_expires_at: datetime | None = Field(description="Until when the uploaded file is kept")

    @classmethod
    def of(cls, video: Video) -> Self:
        """The same video."""
        return cls(**VideoDto.of(video).model_dump(), source_expires_at=video.source_expires_at)


class ExportedVideoDto(OwnVideoDto):
    """A video, and all that has become of it."""

    model_config = ConfigDict(title="ExportedVideo")

    history: list[HistoryEntryDto] = Field(description="The oldest change first")


class SentMailDto(BaseModel):
    """A mail, and what became of it."""

    model_config = ConfigDict(title="SentMail")

    kind: str = Field(examples=["video_completed"])
    subject: str = Field(examples=["Your frames are ready: holiday.mp4"])
    status: str = Field(description="`queued`, `sent` or `failed`", examples=["sent"])
    failure: str | None = Field(description="Why it was given up")
    language: str = Field(examples=["en"])
    video_id: UUID | None
    attempt: int | None = Field(description="Of the video")
    facts: dict[str, Any] = Field(description="What its text was filled with", examples=[{"filename": "holiday.mp4"}])
    message_id: str = Field(description="Its header `Message-ID`")
    created_at: datetime
    sent_at: datetime | None

    @classmethod
    def of(cls, mail: SentMail) -> Self:
        """The same mail."""
        return cls.model_validate(mail, from_attributes=True)


class ExportedWebhookDto(WebhookDto):
    """A webhook, and the messages to it."""

    model_config = ConfigDict(title="ExportedWebhook")

    deliveries: list[DeliveryDto] = Field(description="Newest first")


class ExportHeadDto(BaseModel):
    """Whose export it is."""

    model_config = ConfigDict(title="ExportHead")

    exported_at: datetime = Field(examples=["2026-11-30T12:00:00Z"])
    user: UserDto
    api_keys: list[ApiKeyDto] = Field(description="Newest first; without their texts, which nobody has")

    @classmethod
    def of(cls, export: Export) -> Self:
        """Of the same export."""
        return cls(
            exported_at=export.at,
            user=UserDto.of(export.user),
            api_keys=[ApiKeyDto.of(key) for key in export.api_keys],
        )


class ExportDto(ExportHeadDto):
    """All that is kept of a user."""

    model_config = ConfigDict(title="Export")

    sessions: list[KeptSessionDto] = Field(description="Those that have ended too, while they are kept; newest first")
    videos: list[ExportedVideoDto] = Field(description="Newest first")
    shares: list[ShareDto] = Field(description="Links to videos that are good; newest first, without their tokens")
    mails: list[SentMailDto] = Field(description="Newest first")
    webhooks: list[ExportedWebhookDto] = Field(description="Newest first; without their secrets")
