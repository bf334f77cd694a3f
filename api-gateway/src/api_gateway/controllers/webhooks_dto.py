"""Webhooks over the wire."""

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.dto import ShortText, Text
from api_gateway.controllers.request_body import RequestBody
from api_gateway.entities.exports import Page
from api_gateway.entities.webhooks import Delivery, NewWebhook, WantedWebhook, Webhook

_EVENTS: Final = ["video.processed.v1", "video.failed.v1", "video.cancelled.v1"]
_VIDEO: Final = "3f0c8a52-7a0e-4d54-9f57-1f2b6a4c9d10"
_OWN: Final = f"https://fiapx.example/api/v1/videos/{_VIDEO}"
_MOST_EVENTS: Final = 20
PAYLOAD: Final[dict[str, Any]] = {
    "type": "video.processed.v1",
    "timestamp": "2026-11-30T12:00:04Z",
    "data": {
        "id": _VIDEO,
        "filename": "holiday.mp4",
        "external_id": "order-17",
        "metadata": {"camera": 2},
        "tags": ["summer"],
        "status": "completed",
        "attempts": 1,
        "frame_count": 12,
        "warnings": [],
        "error": None,
        "finished_at": "2026-11-30T12:00:04Z",
        "links": {
            "self": _OWN,
            "frames_zip": f"{_OWN}/frames.zip",
            "frames": f"{_OWN}/frames",
            "manifest": f"{_OWN}/manifest.json",
        },
    },
}


class WebhookWish(RequestBody):
    """The webhook that is wanted."""

    url: Text = Field(
        max_length=2000,
        description="Where messages are POSTed: https, a host of the public internet, no redirects",
        examples=["https://receiver.example/fiapx"],
    )
    events: list[ShortText] | None = Field(
        None,
        min_length=1,
        max_length=_MOST_EVENTS,
        description="Types of events; without it all that there are today: " + ", ".join(f"`{one}`" for one in _EVENTS),
        examples=[["video.processed.v1", "video.failed.v1"]],
    )
    description: ShortText | None = Field(
        None, description="What you know it again by, at most 200 characters", examples=["nightly build"]
    )

    def wanted(self) -> WantedWebhook:
        """The same wish."""
        return WantedWebhook(self.url, tuple(self.events or ()), self.description or "")


class WebhookDto(BaseModel):
    """A webhook, without its secret."""

    model_config = ConfigDict(title="Webhook")

    id: UUID
    url: str = Field(examples=["https://receiver.example/fiapx"])
    events: list[str] = Field(examples=[_EVENTS])
    description: str = Field(examples=["nightly build"])
    created_at: datetime = Field(examples=["2026-11-30T12:00:00Z"])
    disabled_at: datetime | None = Field(
        description="Since when nothing is sent to it, because its receiver answered 410 Gone"
    )

    @classmethod
    def of(cls, webhook: Webhook) -> Self:
        """The same webhook."""
        return cls.model_validate(webhook, from_attributes=True)


class NewWebhookDto(WebhookDto):
    """A webhook with its secret, which is shown this once."""

    model_config = ConfigDict(title="NewWebhook")

    secret: str = Field(
        description="By which a receiver verifies that a message is ours; keep it well",
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )

    @classmethod
    def of_new(cls, made: NewWebhook) -> Self:
        """The same webhook."""
        return cls(**WebhookDto.of(made.webhook).model_dump(), secret=made.secret)


class WebhookPageDto(BaseModel):
    """Some webhooks, newest first."""

    model_config = ConfigDict(title="WebhookPage")

    items: list[WebhookDto]
    next_cursor: str | None = Field(description="For the next page; null on the last")

    @classmethod
    def of(cls, page: Page[Webhook]) -> Self:
        """The same page."""
        return cls(items=[WebhookDto.of(webhook) for webhook in page.items], next_cursor=page.next_cursor)


class ReceiverAnswerDto(BaseModel):
    """What a receiver said."""

    model_config = ConfigDict(title="ReceiverAnswer")

    status: int = Field(examples=[500])
    text: str = Field(description="The beginning of its body", examples=["Internal Server Error"])
    duration_s: float = Field(description="From the connection to the answer", examples=[0.12])


class DeliveryDto(BaseModel):
    """One message to a webhook, and what became of it."""

    model_config = ConfigDict(title="Delivery")

    id: UUID = Field(description="The header `webhook-id`, the same however often it is sent")
    type: str = Field(examples=["video.processed.v1"])
    video_id: UUID
    attempt: int = Field(description="Of the video", examples=[1])
    payload: Any = Field(description="The JSON that is sent", examples=[PAYLOAD])
    status: str = Field(description="`pending`, `delivered` or `failed`", examples=["pending"])
    tries: int = Field(examples=[1])
    created_at: datetime = Field(examples=["2026-11-30T12:00:04Z"])
    next_try_at: datetime | None = Field(description="While it is pending")
    tried_at: datetime | None = Field(description="The last time")
    ended_at: datetime | None
    answer: ReceiverAnswerDto | None = Field(description="To the last try; null: there was none")
    failure: str | None = Field(description="Why the last try was no success", examples=["The receiver answered 500."])

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The same delivery."""
        return cls.model_validate(delivery, from_attributes=True)


class DeliveryPageDto(BaseModel):
    """Some deliveries, newest first."""

    model_config = ConfigDict(title="DeliveryPage")

    items: list[DeliveryDto]
    next_cursor: str | None = Field(description="For the next page; null on the last")

    @classmethod
    def of(cls, page: Page[Delivery]) -> Self:
        """The same page."""
        return cls(items=[DeliveryDto.of(delivery) for delivery in page.items], next_cursor=page.next_cursor)
