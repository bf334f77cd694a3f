"""What goes over the wire of estimates."""

from typing import Annotated, Any, Final, Self
from uuid import UUID

from fiapx_models.media import Media, Warned
from fiapx_models.options import EXAMPLES
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api_gateway.controllers.cursors import write_cursor
from api_gateway.controllers.dto import ShortText
from api_gateway.controllers.json_values import Json
from api_gateway.controllers.request_body import RequestBody
from api_gateway.entities.estimates import Estimate

_LONGEST_S: Final = 36_000_000.0
"""Ten thousand hours, as instants in options have it."""
_LARGEST_SIDE: Final = 16_384
_FASTEST: Final = 1000.0


class MediaFacts(RequestBody):
    """A video as somebody describes it; the `media` of a video will do."""

    duration_s: float = Field(gt=0, le=_LONGEST_S, allow_inf_nan=False, examples=[60.0])
    width: int = Field(ge=1, le=_LARGEST_SIDE, description="As displayed", examples=[1920])
    height: int = Field(ge=1, le=_LARGEST_SIDE, description="As displayed", examples=[1080])
    fps: float = Field(ge=0.001, le=_FASTEST, allow_inf_nan=False, examples=[25.0])
    codec: ShortText = Field("", examples=["h264"])
    rotation: int = 0
    hdr: bool = False
    variable_frame_rate: bool = False

    def media(self) -> Media:
        """The same facts."""
        return Media(**self.model_dump(exclude={"rotation"}), rotation=0)


class EstimateRequest(RequestBody):
    """Of which video, by its facts or by its id, and with which options."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "media": {"duration_s": 60.0, "width": 1920, "height": 1080, "fps": 25.0},
                    "options": {"sampling": {"rule": "fps", "fps": 1}},
                },
                {"video_id": "0f8fad5b-d9cb-469f-a165-70867728950e", "dry_run": True, "limit": 100},
            ]
        }
    )

    media: MediaFacts | None = Field(None, description="Either this")
    video_id: UUID | None = Field(None, description="or this")
    options: Json = Field(None, description="As in `POST /videos`, as JSON", examples=[*EXAMPLES.values()])
    dry_run: bool = Field(False, description="Tells the planned instants too; of a stored video only")
    limit: Annotated[int, Field(ge=1, le=1000)] = Field(50, description="Instants on one page")
    cursor: ShortText = Field("", description="The `next_cursor` of an earlier answer")

    @model_validator(mode="after")
    def _is_about_one_video(self) -> Self:
        if (self.media is None) == (self.video_id is None):
            raise ValueError("must have either media or video_id")
        if self.dry_run and self.video_id is None:
            raise ValueError("dry_run belongs to a video_id: of facts alone no instants can be planned")
        return self


class InstantDto(BaseModel):
    """One planned frame."""

    model_config = ConfigDict(title="PlannedInstant")

    index: int = Field(description="The number in the plan, from 1", examples=[13])
    time_s: float = Field(description="Seconds from the first frame", examples=[12.0])


class EstimateDto(BaseModel):
    """What a job would come to."""

    model_config = ConfigDict(title="Estimate")

    frames: int = Field(examples=[60])
    frames_exact: bool = Field(description="Counted in the plan that the job will have; else reckoned from the facts")
    bytes: int = Field(description="Of the archive", examples=[112_000_000])
    bytes_measured: bool = Field(description="By finished jobs with this format and quality; else by defaults")
    seconds: float = Field(description="From the job's beginning; its wait in the queue comes before", examples=[4.2])
    seconds_measured: bool = Field(description="By recent work of this platform; else by defaults")
    width: int = Field(description="Of each image, in pixels", examples=[1920])
    height: int = Field(examples=[1080])
    warnings: list[Warned] = Field(description="What the job would warn of, as far as its plan knows", examples=[[]])
    instants: list[InstantDto] | None = Field(description="With `dry_run`, in the order of their index")
    next_cursor: str | None = Field(description="For the next page of instants; null on the last")

    @classmethod
    def of(cls, estimate: Estimate, *, with_instants: bool) -> Self:
        """The same estimate."""
        told = ("frames", "frames_exact", "bytes", "bytes_measured", "seconds", "seconds_measured", "width", "height")
        fields: dict[str, Any] = {name: getattr(estimate, name) for name in told}
        instants = [InstantDto(index=one.index, time_s=float(one.time_s)) for one in estimate.instants]
        return cls(
            **fields,
            warnings=list(estimate.warnings),
            instants=instants if with_instants else None,
            next_cursor=write_cursor(instants[-1].index) if estimate.more and instants else None,
        )
