"""What becomes of a source's picture under a request's options: turned or not, cut, fitted into a box."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import VideoRefused
from fiapx_engine.image_formats import PNG
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Crop, Picture


def picture_of(source: Picture, request: ExtractionRequest) -> tuple[Picture, tuple[WarningCode, ...]]:
    """The pictures to make of a source's, and what is odd about them. Only PNG has room for more than 8 bits.

    Raises:
        VideoRefused: crop_outside.
    """
    deep = source.deep and request.format == PNG.name
    picture = replace(
        source,
        deep=deep,
        format=request.format,
        quality=request.quality,
        deinterlace=source.deinterlace and request.deinterlace,
        tone_map=source.tone_map if request.tone_map == "auto" and not deep else "",
        scored=request.scored,
    )
    if not request.rotate:
        width, height = source.stored_width, source.stored_height
        picture = replace(picture, width=width, height=height, rotation=0, mirrored=False)
    warnings: tuple[WarningCode, ...] = ()
    if source.tone_map and not deep and request.tone_map == "missing":
        warnings = (WarningCode.NOT_TONE_MAPPED,)
    if request.crop is not None:
        crop = _cut(request.crop, picture)
        if (crop.width, crop.height) != request.crop[2:]:
            warnings = (*warnings, WarningCode.CROP_CUT)
        picture = replace(picture, width=crop.width, height=crop.height, crop=crop)
    width, height = fitted(picture.width, picture.height, request.width, request.height)
    return replace(picture, width=width, height=height), warnings


def fitted(width: int, height: int, most_width: int | None, most_height: int | None) -> tuple[int, int]:
    """The size inside a box with the same aspect ratio, to the nearest pixel; never larger than it was."""
    scales = [Fraction(most, side) for most, side in ((most_width, width), (most_height, height)) if most is not None]
    scale = min(scales, default=Fraction(1))
    if scale >= 1:
        return width, height
    return max(int(width * scale + Fraction(1, 2)), 1), max(int(height * scale + Fraction(1, 2)), 1)


def done(picture: Picture) -> dict[str, Any]:
    """What was done to each frame, for the manifest; JSON values."""
    crop = picture.crop
    return {
        "width": picture.width,
        "height": picture.height,
        "bits": 16 if picture.deep else 8,
        "rotated": picture.rotation,
        "mirrored": picture.mirrored,
        "deinterlaced": picture.deinterlace,
        "tone_mapped": bool(picture.tone_map),
        "crop": crop and {"x": crop.x, "y": crop.y, "width": crop.width, "height": crop.height},
    }


def _cut(asked: tuple[int, int, int, int], picture: Picture) -> Crop:
    """The crop's part within the picture."""
    x, y, width, height = asked
    if x >= picture.width or y >= picture.height:
        size = f"{picture.width} x {picture.height}"
        raise VideoRefused(FailureCode.CROP_OUTSIDE, f"a crop at {x}, {y} of a picture of {size} pixels")
    inside = min(width, picture.width - x), min(height, picture.height - y)
    return Crop(x, y, *inside, picture.width, picture.height)
