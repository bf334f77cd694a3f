"""Lists that are read page by page, newest first."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Generic, Protocol, Self, TypeVar
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid

_WRONG: Final = "is none that this list gave"


@dataclass(frozen=True)
class Place:
    """After this row the next page begins. Newest first, the id decides between equals."""

    created_at: datetime
    id: UUID

    def cursor(self) -> str:
        """The place as an opaque word for addresses."""
        text = f"{self.created_at.isoformat()} {self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> Self:
        """The place that a cursor stands for.

        Raises:
            Invalid: no cursor of ours.
        """
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            moment, _, row_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(" ")
            return cls(datetime.fromisoformat(moment).astimezone(UTC), UUID(row_id))
        except (ValueError, OverflowError) as error:
            wrong = FieldError("cursor", _WRONG)
            raise Invalid("invalid_cursor", f"The parameter cursor {_WRONG}.", [wrong]) from error


class _Row(Protocol):
    @property
    def created_at(self) -> datetime: ...

    @property
    def id(self) -> UUID: ...


R = TypeVar("R", bound=_Row)


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows."""

    rows: tuple[R, ...]
    next_cursor: str
    """Of the next page; empty on the last."""

    @classmethod
    def of(cls, found: Sequence[R], limit: int) -> Self:
        """The first `limit` of those found; where there are more, others follow."""
        rows = tuple(found[:limit])
        return cls(rows, Place(rows[-1].created_at, rows[-1].id).cursor() if len(found) > limit else "")
