"""Which frames of an archive are wanted: `1,5,9-20`."""

import re
from dataclasses import dataclass
from typing import Final

from fiapx_common.errors import FieldError, Invalid

MAX_CHARACTERS: Final = 8000
_LARGEST_INDEX: Final = 2**31 - 1
_ITEM: Final = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,10}))?", re.ASCII)


class FramesInvalid(Invalid):
    """Not a list of frames."""

    def __init__(self, why: str) -> None:
        super().__init__("invalid_frames", f"`frames` {why}.", [FieldError("frames", why, "invalid_frames")])


@dataclass(frozen=True, order=True)
class IndexRange:
    """Indexes of frames from `first` to `last`, both included."""

    first: int
    last: int


EVERYTHING: Final = (IndexRange(1, _LARGEST_INDEX),)


def read_ranges(text: str) -> tuple[IndexRange, ...]:
    """The ranges in order, those that touch made one: an index is asked for once however often it is named.

    Raises:
        FramesInvalid: anything but numbers from 1 and ranges, with commas between them.
    """
    if len(text) > MAX_CHARACTERS:
        raise FramesInvalid(f"may have at most {MAX_CHARACTERS} characters")
    merged: list[IndexRange] = []
    for wanted in sorted(map(_read_item, text.split(","))):
        if merged and wanted.first <= merged[-1].last + 1:
            merged[-1] = IndexRange(merged[-1].first, max(merged[-1].last, wanted.last))
        else:
            merged.append(wanted)
    return tuple(merged)


def _read_item(item: str) -> IndexRange:
    found = _ITEM.fullmatch(item.strip(" "))
    if found is None:
        raise FramesInvalid("must be numbers and ranges with commas between them, such as 1,5,9-20")
    first = int(found[1])
    last = int(found[2] or first)
    if not 1 <= first <= last <= _LARGEST_INDEX:
        raise FramesInvalid(f"has a number below 1 or above {_LARGEST_INDEX}, or a range that ends before it begins")
    return IndexRange(first, last)
