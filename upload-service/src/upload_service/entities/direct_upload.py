"""A file that its client sends to the store by itself, in parts: how it is cut, and when it is whole."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid

from upload_service.entities.errors import (
    PartsDiffer,
    UploadCompleted,
    UploadExpired,
    UploadPartsMissing,
    UploadPartsOfWrongSize,
)

PARTS: Final = 10_000
"""S3's most."""
NUMBERS_AT_ONCE: Final = 100
"""Addresses of one request: signing one takes about 0.3 ms."""
_WANTED_PARTS: Final = 256
_LARGEST_BYTES: Final = 64 << 20
_MEBI: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True)
class UploadedPart:
    """A part that lies in the store, or that a client says does. The ETag is without quotes."""

    number: int
    etag: str
    size_bytes: int


@dataclass(frozen=True)
class PartPlan:
    """How a file is cut: all parts but the last are equally large."""

    size_bytes: int
    part_size_bytes: int

    @classmethod
    def of(cls, size_bytes: int, smallest_bytes: int) -> Self:
        """Whole MiB: about 256 parts, none above 64 MiB unless there would be more than 10,000 of them."""
        wanted = min(_up(size_bytes, _WANTED_PARTS), _LARGEST_BYTES)
        return cls(size_bytes, max(smallest_bytes, wanted, _up(size_bytes, PARTS)))

    @property
    def count(self) -> int:
        """The number of parts."""
        return -(-self.size_bytes // self.part_size_bytes)

    def size_of(self, number: int) -> int:
        """Bytes of part `number` (from 1)."""
        return min(self.part_size_bytes, self.size_bytes - (number - 1) * self.part_size_bytes)

    def lawful_numbers(self, given: Sequence[int]) -> tuple[int, ...]:
        """Numbers of parts, each once, in the order given.

        Raises:
            Invalid: none, too many, or one that this file does not have.
        """
        numbers = tuple(dict.fromkeys(given))
        if not 1 <= len(numbers) <= NUMBERS_AT_ONCE:
            raise _invalid("part_numbers", f"must be 1 to {NUMBERS_AT_ONCE} numbers")
        for place, number in enumerate(numbers):
            if not 1 <= number <= self.count:
                raise _invalid(f"part_numbers.{place}", f"must be from 1 to {self.count}")
        return numbers

    def whole(self, stored: Iterable[UploadedPart], told: Sequence[UploadedPart]) -> tuple[UploadedPart, ...]:
        """The parts to join, in order, when the store has all of them and the client speaks of the same ones.

        `told` may be empty, or name some of the parts.

        Raises:
            Conflict: parts are missing, have another size, or another ETag than the client was given.
        """
        by_number: Mapping[int, UploadedPart] = {part.number: part for part in stored}
        numbers = range(1, self.count + 1)
        if missing := [number for number in numbers if number not in by_number]:
            raise UploadPartsMissing(missing)
        if wrong := [number for number in numbers if by_number[number].size_bytes != self.size_of(number)]:
            raise UploadPartsOfWrongSize(wrong)
        if different := sorted({part.number for part in told if not _same(part, by_number.get(part.number))}):
            raise PartsDiffer(different)
        return tuple(by_number[number] for number in numbers)


@dataclass(frozen=True)
class DirectUpload:
    """The upload of one video, as long as the store may have something of it and afterwards."""

    video_id: UUID
    multipart_id: str
    """The store's name for it."""
    plan: PartPlan
    expires_at: datetime
    completed_at: datetime | None = None
    """When the whole file had arrived."""

    def completed(self, at: datetime) -> Self:
        """The file is whole, and joined."""
        return replace(self, completed_at=at)

    def require_open(self, at: datetime) -> None:
        """Whether parts may still come.

        Raises:
            UploadCompleted, UploadExpired
        """
        if self.completed_at is not None:
            raise UploadCompleted
        if self.expires_at <= at:
            raise UploadExpired


def lawful_size(given: int) -> int:
    """The size that a client declares.

    Raises:
        Invalid: not a single byte.
    """
    if given < 1:
        raise _invalid("size_bytes", "must be at least 1")
    return given


def lawful_sha256(given: str) -> str | None:
    """A declared digest in lower case; empty means that none was told.

    Raises:
        Invalid: not 64 hexadecimal digits.
    """
    if not given:
        return None
    if not _SHA256.fullmatch(given):
        raise _invalid("sha256", "must be 64 hexadecimal digits")
    return given.lower()


def _up(size_bytes: int, count: int) -> int:
    """Bytes of each of so many parts, as whole MiB."""
    return -(-size_bytes // (count * _MEBI)) * _MEBI


def _same(told: UploadedPart, stored: UploadedPart | None) -> bool:
    return stored is not None and told.etag.strip('"').lower() == stored.etag.lower()


def _invalid(field: str, message: str) -> Invalid:
    name = field.partition(".")[0]
    return Invalid(f"invalid_{name}", f"The field {name} {message}.", [FieldError(field, message)])
