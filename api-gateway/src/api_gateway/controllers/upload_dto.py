"""What goes over the wire of uploads in parts."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from fiapx_models.options import EXAMPLES
from pydantic import BaseModel, ConfigDict, Field

from api_gateway.controllers.dto import ShortText
from api_gateway.controllers.json_values import Json, json_text
from api_gateway.controllers.request_body import RequestBody
from api_gateway.entities.direct_uploads import DirectUpload, SignedPart, UploadedPart, WantedUpload
from api_gateway.entities.uploads import UploadDetails

_LARGEST: Final = 2**63 - 1
_MOST_PARTS: Final = 10_000
_MOST_AT_ONCE: Final = 100
"""Which upload-service signs in one call."""
_MOST_TAGS: Final = 1000
_ETAG: Final = "9bb58f26192e4ba00f01e2e7b136bbd8"


PartNumber = Annotated[int, Field(ge=1, le=_MOST_PARTS)]


class UploadRequest(RequestBody):
    """A file that will be sent in parts."""

    filename: ShortText = Field(examples=["holiday.mp4"])
    size_bytes: int = Field(ge=0, le=_LARGEST, examples=[734003200])
    content_type: ShortText | None = Field(None, examples=["video/mp4"])
    sha256: ShortText | None = Field(None, description="Of the whole file, hexadecimal")
    options: Json = Field(None, description="As in `POST /videos`, as JSON", examples=[*EXAMPLES.values()])
    external_id: ShortText | None = None
    metadata: Json = Field(None, description="An object, at most 4096 bytes; kept and given back")
    tags: list[ShortText] | None = Field(None, max_length=_MOST_TAGS, examples=[["holiday"]])

    def wanted(self) -> WantedUpload:
        """The same wish."""
        details = UploadDetails(
            json_text(self.options), self.external_id or "", json_text(self.metadata), tuple(self.tags or ())
        )
        return WantedUpload(self.filename, self.size_bytes, self.content_type or "", self.sha256 or "", details)


class ReprocessRequest(RequestBody):
    """Another wish for the same file."""

    options: Json = Field(
        description="As in `POST /videos`, as JSON; null: the defaults", examples=[*EXAMPLES.values()]
    )

    @property
    def options_json(self) -> str:
        """As text."""
        return json_text(self.options)


class PartsRequest(RequestBody):
    """Parts to be sent next."""

    part_numbers: list[PartNumber] = Field(min_length=1, max_length=_MOST_AT_ONCE, examples=[[1, 2, 3]])


class SentPart(RequestBody):
    """A part as the store acknowledged it."""

    part_number: PartNumber
    etag: ShortText = Field(description="The header of the store's answer, with or without quotes", examples=[_ETAG])

    def entity(self) -> UploadedPart:
        """The same part."""
        return UploadedPart(self.part_number, self.etag, 0)


class CompletionRequest(RequestBody):
    """What the client believes it sent; the store is asked in any case."""

    parts: Annotated[list[SentPart], Field(max_length=_MOST_PARTS, fail_fast=True)] | None = Field(
        None, examples=[[{"part_number": 1, "etag": _ETAG}]]
    )


class UploadDto(BaseModel):
    """How the file is to be cut."""

    model_config = ConfigDict(title="Upload")

    id: UUID = Field(description="The video's id")
    part_size_bytes: int = Field(description="Of each part but the last", examples=[8388608])
    part_count: int = Field(examples=[88])
    expires_at: datetime = Field(description="Until when the upload must be completed")

    @classmethod
    def of(cls, upload: DirectUpload) -> Self:
        """The same upload."""
        return cls.model_validate(upload, from_attributes=True)


class StoredPartDto(BaseModel):
    """A part that lies in the store."""

    model_config = ConfigDict(title="StoredPart", from_attributes=True)

    part_number: int = Field(examples=[1])
    etag: str = Field(examples=[_ETAG])
    size_bytes: int = Field(examples=[8388608])


class UploadStateDto(UploadDto):
    """What the store has of an upload."""

    model_config = ConfigDict(title="UploadState")

    parts: list[StoredPartDto]


class SignedPartDto(BaseModel):
    """Where a part may be PUT."""

    model_config = ConfigDict(title="SignedPart", from_attributes=True)

    part_number: int = Field(examples=[1])
    url: str = Field(description="A presigned PUT; it is a secret", examples=["https://store.example.com/…"])
    expires_at: datetime


class SignedPartsDto(BaseModel):
    """Where parts may be PUT."""

    model_config = ConfigDict(title="SignedParts")

    parts: list[SignedPartDto]

    @classmethod
    def of(cls, parts: tuple[SignedPart, ...]) -> Self:
        """The same parts."""
        return cls(parts=[SignedPartDto.model_validate(part) for part in parts])
