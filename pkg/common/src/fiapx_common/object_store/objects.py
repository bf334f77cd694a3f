"""What a store tells about what it holds."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ObjectFacts:
    """One object. `etag` is without quotes; of a multipart upload it ends in "-<number of parts>"."""

    key: str
    size_bytes: int
    etag: str
    modified_at: datetime | None = None


@dataclass(frozen=True)
class Part:
    """One part of a multipart upload; `number` counts from 1."""

    number: int
    etag: str
    size_bytes: int


@dataclass(frozen=True)
class MultipartUpload:
    """A multipart upload that is neither completed nor aborted."""

    key: str
    upload_id: str
    started_at: datetime | None


def multipart_etag(parts: Sequence[Part]) -> str | None:
    """The ETag that S3 gives the joined object: md5 of the parts' md5s. None where a part's ETag is no md5."""
    try:
        digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    except ValueError:
        return None
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
