"""A multipart form as it comes in, part by part."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PartBegan:
    """A part of the form begins; `filename` is None for a plain field."""

    name: str
    filename: str | None
    content_type: str


@dataclass(frozen=True)
class PartData:
    """Some bytes of the part that began last."""

    data: bytes


@dataclass(frozen=True)
class PartEnded:
    """The part is complete."""


FormPart = PartBegan | PartData | PartEnded
