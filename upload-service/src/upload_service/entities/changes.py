"""What changed about a video: as JSON for the append-only record, and as those who watch are told."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from fiapx_models.media import Failure, Media, Warned

from upload_service.entities.video import Archive, Video

_ALWAYS: Final = ("status", "attempt")


class Change(NamedTuple):
    """A video as its newest change left it."""

    seq: int
    """Of the record: grows over all changes of one user, in the order in which they became true."""
    video: Video


@dataclass(frozen=True)
class RecordedChange:
    """One entry of the record."""

    seq: int
    at: datetime
    fields: Mapping[str, Any]
    """As `change_between` told them."""


def change_between(before: Video | None, after: Video) -> dict[str, object]:
    """The fields that are new, and always the status and the attempt; of a new video all that are set."""
    names = [field.name for field in fields(Video)]
    if before is None:
        changed = [name for name in names if getattr(after, name) not in (None, ())]
    else:
        changed = [name for name in names if getattr(before, name) != getattr(after, name)]
    return {name: _plain(getattr(after, name)) for name in names if name in changed or name in _ALWAYS}


def _plain(value: object) -> object:
    match value:
        case bool() | int() | float() | str() | None:
            return value
        case Media() | Warned() | Failure():
            return value.model_dump(mode="json")
        case Archive():
            return {"size_bytes": value.size_bytes, "frame_count": value.frame_count}
        case tuple():
            return [_plain(each) for each in value]
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
