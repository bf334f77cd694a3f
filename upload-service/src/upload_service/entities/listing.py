"""A page of videos: what is asked for, and the place in the list where the next page begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid
from fiapx_common.paging import Place
from fiapx_models.statuses import VideoStatus

from upload_service.entities.video import Video

LIMIT: Final = 50
LIMIT_HIGHEST: Final = 200
PAGE_BYTES: Final = 2 << 20
"""Of a page's options and metadata, which have no usual size: gRPC takes no message above 4 MiB."""
_WORD_CHARACTERS: Final = 255


@dataclass(frozen=True)
class Listing:
    """Which of a user's videos are wanted."""

    user_id: UUID
    status: VideoStatus | None = None
    filename_part: str | None = None
    tag: str | None = None
    external_id: str | None = None
    limit: int = LIMIT
    after: Place | None = None

    @classmethod
    def read(
        cls, user_id: UUID, *, status: str, query: str, tag: str, external_id: str, limit: int, cursor: str
    ) -> Self:
        """From a caller's words; an empty word or 0 means that there is none.

        Raises:
            Invalid: an unknown status, a limit out of bounds, a word too long, a cursor of somebody else.
        """
        if status and status not in {one.value for one in VideoStatus}:
            raise _invalid("status", f"must be one of {', '.join(VideoStatus)}")
        if not 0 <= limit <= LIMIT_HIGHEST:
            raise _invalid("limit", f"must be from 1 to {LIMIT_HIGHEST}")
        for field, word in (("q", query), ("tag", tag), ("external_id", external_id)):
            if len(word) > _WORD_CHARACTERS or "\0" in word:
                raise _invalid(field, f"must have at most {_WORD_CHARACTERS} characters, none of them NUL")
        return cls(
            user_id,
            VideoStatus(status) if status else None,
            query or None,
            tag or None,
            external_id or None,
            limit or LIMIT,
            Place.read(cursor) if cursor else None,
        )


@dataclass(frozen=True)
class Page:
    """Some videos, and where the next ones begin if there are any."""

    videos: tuple[Video, ...]
    next: Place | None = None


def fitting(sizes_bytes: Sequence[int], limit: int) -> int:
    """How many of the rows, of which those without a usual size have these sizes, make a page: one at least."""
    count = total_bytes = 0
    for size_bytes in sizes_bytes[:limit]:
        total_bytes += size_bytes
        if count and total_bytes > PAGE_BYTES:
            break
        count += 1
    return count


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"invalid_{field}", f"The parameter {field} {message}.", [FieldError(field, message)])
