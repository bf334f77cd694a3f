"""Single frames as images."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

THUMBNAIL_WIDTHS: Final = (160, 320, 640)
"""In pixels."""
SHOWN: Final = frozenset({"image/png", "image/jpeg", "image/webp"})
"""What a browser may show in place: types that can hold no script."""


@dataclass(frozen=True)
class ImageFacts:
    """What is known of an image before its bytes."""

    name: str
    content_type: str
    size_bytes: int
    sha256: str
    """Of the bytes, in hexadecimal."""


@dataclass(frozen=True)
class Kept:
    """How long a result is kept."""

    until: datetime | None

    def seconds(self, now: datetime) -> int:
        """From now; a year where no end is set."""
        year_s = 365 * 24 * 3600
        return year_s if self.until is None else max(0, min(year_s, int((self.until - now).total_seconds())))
