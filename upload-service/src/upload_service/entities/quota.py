"""How much a user may keep, and how much of it a new file may take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from upload_service.entities.errors import FileTooLarge, StorageQuotaExceeded, VideoQuotaExceeded

# A form's other fields and boundaries count in the size that a client declares for its body.
_FORM_OVERHEAD_BYTES: Final = 64 << 10


@dataclass(frozen=True)
class Quota:
    """The limits of one user."""

    file_bytes: int
    videos: int
    stored_bytes: int
    """Files and archives together."""

    def with_own(self, own: "OwnQuota") -> "Quota":
        """The same with what one user was given instead."""
        return Quota(
            file_bytes=self.file_bytes,
            videos=self.videos if own.videos is None else own.videos,
            stored_bytes=self.stored_bytes if own.stored_bytes is None else own.stored_bytes,
        )


@dataclass(frozen=True)
class OwnQuota:
    """What operators have given to one user; None: as everybody's."""

    videos: int | None = None
    stored_bytes: int | None = None


@dataclass(frozen=True)
class Usage:
    """What one user has: videos not deleted, and the bytes of files and archives that are still kept."""

    videos: int
    stored_bytes: int


@dataclass(frozen=True)
class UserUsage:
    """One user in the report of usage."""

    user_id: UUID
    usage: Usage
    own: OwnQuota
    latest_upload_at: datetime | None
    """Of the videos that are not deleted."""


@dataclass(frozen=True)
class Allowance:
    """What one more file may take."""

    quota: Quota
    usage: Usage

    def admit(self, declared_bytes: int) -> None:
        """Refuses before the first byte what can't end well. A size of 0 means that it is unknown.

        Raises:
            VideoQuotaExceeded, FileTooLarge, StorageQuotaExceeded
        """
        if self.usage.videos >= self.quota.videos:
            raise VideoQuotaExceeded(self.quota.videos)
        self.hold(declared_bytes - _FORM_OVERHEAD_BYTES)

    def hold(self, size_bytes: int) -> None:
        """Refuses a file that has grown beyond what is allowed.

        Raises:
            FileTooLarge, StorageQuotaExceeded
        """
        if size_bytes > self.quota.file_bytes:
            raise FileTooLarge(self.quota.file_bytes)
        if self.usage.stored_bytes + max(size_bytes, 0) > self.quota.stored_bytes:
            raise StorageQuotaExceeded(self.quota.stored_bytes)

    def accept(self, size_bytes: int) -> None:
        """The last word, with the usage counted under the user's lock and the size known.

        Raises:
            VideoQuotaExceeded, FileTooLarge, StorageQuotaExceeded
        """
        if self.usage.videos >= self.quota.videos:
            raise VideoQuotaExceeded(self.quota.videos)
        self.hold(size_bytes)
