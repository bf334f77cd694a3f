"""A frame as an image to look at: which sizes of thumbnail there are, and how large one is."""

from typing import Final

THUMBNAIL_WIDTHS: Final = (160, 320, 640)


def thumbnail_size(width: int, height: int, wanted_width: int) -> tuple[int, int]:
    """Width and height in pixels: the wanted width, unless that would enlarge; the aspect ratio is kept."""
    made = min(wanted_width, width)
    return made, max(1, round(height * made / width))


def thumbnail_name(image_name: str, width: int) -> str:
    """The image's name with the width and a JPEG's end."""
    stem, _, _ = image_name.rpartition(".")
    return f"{stem}_{width}.jpg"
