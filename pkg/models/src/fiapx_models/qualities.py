"""What an image is written with where nobody asked: by itself, so that a decoder child need not import options."""

from typing import Final

QUALITIES: Final = {"jpeg": 90, "webp": 80}
"""From 1 to 100, as libjpeg and libwebp have it."""
