"""Frames over the wire."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from api_gateway.entities.videos import Frame


class FrameScoresDto(BaseModel):
    """How a frame looks, reckoned from the pixels of its image."""

    model_config = ConfigDict(title="FrameScores", from_attributes=True)

    sharpness: float = Field(description="The variance of the Laplacian of luma (0 to 255)", examples=[412.75])
    black: float = Field(description="The share of pixels whose luma is below 32", examples=[0.0312])
    freeze: float | None = Field(
        description="The share of equal bits of its hash and that of the entry before; null where none comes before",
        examples=[0.984375],
    )
    hash: str = Field(description="The difference hash (dHash), 16 hexadecimal digits", examples=["3f7e1c0818387cfe"])


class FrameDto(BaseModel):
    """One row of the manifest."""

    model_config = ConfigDict(title="Frame")

    index: int = Field(description="The number in the plan, from 1", examples=[13])
    name: str = Field(examples=["frame_000013_00-00-12.000.png"])
    source_frame: int | None = Field(examples=[360])
    pts: int = Field(examples=[153600])
    time_base: str = Field(examples=["1/12800"])
    time_s: float = Field(description="Seconds from the first frame", examples=[12.0])
    keyframe: bool
    width: int = Field(examples=[1920])
    height: int = Field(examples=[1080])
    bytes: int = Field(examples=[434417])
    crc32: str = Field(description="8 hexadecimal digits", examples=["0a1b2c3d"])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    scores: FrameScoresDto | None = Field(description="Null unless the options ask for scores or dedup")

    @classmethod
    def of(cls, frame: Frame) -> Self:
        """The same frame."""
        names = cls.model_fields.keys() - {"bytes", "crc32", "scores"}
        fields = {name: getattr(frame, name) for name in names}
        scores = None if frame.scores is None else FrameScoresDto.model_validate(frame.scores)
        return cls(**fields, bytes=frame.size_bytes, crc32=f"{frame.crc32:08x}", scores=scores)


class FramePageDto(BaseModel):
    """Some rows of the manifest, in the order of their index."""

    model_config = ConfigDict(title="FramePage")

    items: list[FrameDto]
    next_cursor: str | None = Field(description="For the next page; null on the last")
