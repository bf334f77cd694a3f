"""The kinds of image that a frame can be: what they are called outside, and what ffmpeg calls them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """`demuxer` reads one from a pipe."""

    name: str
    suffix: str
    content_type: str
    demuxer: str


PNG: Final = ImageFormat("png", ".png", "image/png", "png_pipe")
JPEG: Final = ImageFormat("jpeg", ".jpg", "image/jpeg", "jpeg_pipe")
WEBP: Final = ImageFormat("webp", ".webp", "image/webp", "webp_pipe")
IMAGE_FORMATS: Final = (PNG, JPEG, WEBP)


def format_named(name: str) -> ImageFormat:
    """By the word that options use.

    Raises:
        ValueError: there is none of this name.
    """
    return _only(name, [known for known in IMAGE_FORMATS if known.name == name])


def format_of_file(filename: str) -> ImageFormat:
    """By the file name's end.

    Raises:
        ValueError: no kind of image has files that end so.
    """
    return _only(filename, [known for known in IMAGE_FORMATS if filename.endswith(known.suffix)])


def _only(name: str, found: list[ImageFormat]) -> ImageFormat:
    if len(found) != 1:
        raise ValueError(f"{name!r} is no kind of image")
    return found[0]
