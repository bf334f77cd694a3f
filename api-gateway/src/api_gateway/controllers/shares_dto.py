"""Shares over the wire."""

from datetime import UTC, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fiapx_models.media import Media
from fiapx_models.statuses import VideoStatus
from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.dto import API, ShortText
from api_gateway.controllers.moments import Moment
from api_gateway.controllers.readable_videos import EXAMPLE
from api_gateway.controllers.request_body import RequestBody
from api_gateway.entities.shares import ReadableVideo, Share, ShareWish
from api_gateway.entities.videos import Video

_LARGEST_S: Final = 2**31 - 1
_CREATED: Final = "2026-11-30T12:00:00Z"
_EXPIRES: Final = "2026-12-07T12:00:00Z"


class ShareRequest(RequestBody):
    """The link that is wanted. Without an end it is good for 7 days, or as long as the frames are kept."""

    note: ShortText = Field("", description="Yours alone: whom it is for", examples=["for Bia"])
    expires_at: Moment | None = Field(None, description="Not after the frames", examples=[_EXPIRES])
    expires_in_s: Annotated[int, Field(ge=1, le=_LARGEST_S)] | None = Field(
        None, description="Instead of `expires_at`: seconds from now", examples=[86400]
    )

    def wish(self) -> ShareWish:
        """The same wish."""
        return ShareWish(self.note, self.expires_at, self.expires_in_s)


class ShareDto(BaseModel):
    """A link, without its token."""

    model_config = ConfigDict(title="Share")

    id: UUID
    video_id: UUID
    note: str | None = Field(examples=["for Bia"])
    created_at: datetime = Field(examples=[_CREATED])
    expires_at: datetime = Field(examples=[_EXPIRES])
    last_used_at: datetime | None = Field(description="To some minutes")

    @classmethod
    def of(cls, share: Share) -> Self:
        """The same share."""
        return cls.model_validate(share, from_attributes=True)


class NewShareDto(ShareDto):
    """A link with its token, which is shown this once."""

    model_config = ConfigDict(title="NewShare")

    token: str = Field(description="Nobody can tell it again", examples=[EXAMPLE])
    url: str = Field(
        description="Where it leads: give it to whom you like",
        examples=[f"https://fiapx.example{API}/shares/{EXAMPLE}"],
    )


class SharePageDto(BaseModel):
    """Some links, the newest first."""

    model_config = ConfigDict(title="SharePage")

    items: list[ShareDto]
    next_cursor: str | None = Field(description="For the next page; null on the last")


class SharedVideoDto(BaseModel):
    """A video as somebody sees it who has a link: what it shows and gives, nothing of whose it is or what for."""

    model_config = ConfigDict(title="SharedVideo")

    filename: str = Field(examples=["holiday.mp4"])
    status: VideoStatus
    progress: float = Field(ge=0, le=1)
    media: Media | None = Field(description="Known once the video has been looked into")
    frame_count: int | None = Field(examples=[12])
    frames_ready: int = Field(description="Frames that can be listed and read already", examples=[12])
    archive_bytes: int | None
    expires_at: datetime | None = Field(description="Until when this link is good", examples=[_EXPIRES])
    links: dict[str, str] = Field(description="What can be had now", examples=[{"self": f"{API}/shares/{EXAMPLE}"}])

    @classmethod
    def of(cls, video: Video, readable: ReadableVideo, token: str) -> Self:
        """The same video, below the link."""
        now, own = datetime.now(UTC), f"{API}/shares/{token}"
        links = {"self": own}
        if video.has_result(now):
            links |= {"frames_zip": f"{own}/frames.zip", "frames": f"{own}/frames", "manifest": f"{own}/manifest.json"}
            links |= {"contact_sheet": f"{own}/contact-sheet.jpg", "sprite_vtt": f"{own}/sprite.vtt"}
        names = ("filename", "status", "progress", "media", "frame_count", "archive_bytes")
        return cls(
            **{name: getattr(video, name) for name in names},
            frames_ready=video.readable_frames(now),
            expires_at=readable.until,
            links=links,
        )
