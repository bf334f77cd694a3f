"""A file that its client sends to the store by itself, in parts, as upload-service tells it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from api_gateway.entities.uploads import UploadDetails


@dataclass(frozen=True)
class WantedUpload:
    """What a client wants to send; `sha256` in hexadecimal, empty where not told."""

    filename: str
    size_bytes: int
    content_type: str
    sha256: str
    details: UploadDetails


@dataclass(frozen=True)
class UploadedPart:
    """A part that lies in the store, or that the client says does; `size_bytes` is 0 where not told."""

    part_number: int
    etag: str
    size_bytes: int


@dataclass(frozen=True)
class DirectUpload:
    """How the file is cut, until when it may come, and which parts have come."""

    id: UUID
    part_size_bytes: int
    part_count: int
    expires_at: datetime
    parts: tuple[UploadedPart, ...]


@dataclass(frozen=True)
class SignedPart:
    """Where a part may be PUT."""

    part_number: int
    url: str
    expires_at: datetime
