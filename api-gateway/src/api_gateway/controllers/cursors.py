"""Opaque cursors in lists of frames."""

import base64
import binascii
from typing import Final

from api_gateway.entities.errors import CursorInvalid

_LARGEST_INDEX: Final = 2**31 - 1


def write_cursor(index: int) -> str:
    """An opaque cursor that stands after a frame."""
    return base64.urlsafe_b64encode(f"i{index}".encode()).rstrip(b"=").decode()


def read_cursor(cursor: str) -> int:
    """The index that the cursor stands after; 0 without one.

    Raises:
        CursorInvalid: not one of ours.
    """
    if not cursor:
        return 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise CursorInvalid from error
    if not text.startswith("i") or not text[1:].isdigit() or int(text[1:]) > _LARGEST_INDEX:
        raise CursorInvalid
    return int(text[1:])
