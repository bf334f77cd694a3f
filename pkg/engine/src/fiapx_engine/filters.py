"""The filters of libavfilter that turn a decoded frame into the pixels to encode: every engine uses this chain."""

from fiapx_engine.image_formats import JPEG, WEBP
from fiapx_engine.segments import Crop, Picture

Filter = tuple[str, str]
"""Its name and its arguments, which may be empty."""

_QUARTER_TURNS = {90: "clock", 270: "cclock"}
_MIRRORED_TURNS = {90: "cclock_flip", 270: "clock_flip"}
_HALF_TURN = 180
# JPEG (JFIF) and WebP have BT.601 colours, JPEG over the full range, whatever the video has.
_COLOURS = {
    JPEG.name: ":out_color_matrix=bt601:out_range=full",
    WEBP.name: ":out_color_matrix=bt601:out_range=limited",
}
_PIXELS = {JPEG.name: "yuvj420p", WEBP.name: "yuv420p"}


def filters(picture: Picture) -> tuple[Filter, ...]:
    """For one frame alone: turned, tone-mapped, scaled to its exact size, in the pixel format that its image has.

    The scaler is given the size and the flags that the command line would choose, so pixels are those of a plain run.
    A crop has the pixels that the whole frame's image would have there.
    """
    mapped = _tone_mapped(picture.tone_map) if picture.tone_map else ()
    scaled = _scaled(picture.width, picture.height, picture)
    if picture.crop is not None:
        scaled = (*_cut(picture.crop, deep=picture.deep), *scaled)
    return (*turning(picture), *mapped, *scaled, ("setsar", "1"))


def turning(picture: Picture) -> tuple[Filter, ...]:
    """What ffmpeg inserts for a display matrix (fftools/ffmpeg_filter.c, configure_input_video_filter)."""
    if picture.rotation in _QUARTER_TURNS:
        turns = _MIRRORED_TURNS if picture.mirrored else _QUARTER_TURNS
        return (("transpose", turns[picture.rotation]),)
    if picture.rotation == _HALF_TURN:
        return (("hflip", ""),) if picture.mirrored else (("hflip", ""), ("vflip", ""))
    if picture.rotation:
        return (("rotate", f"{picture.rotation}*PI/180"),)
    return (("vflip", ""),) if picture.mirrored else ()


def _tone_mapped(transfer: str) -> tuple[Filter, ...]:
    """HDR10 (smpte2084) or HLG (arib-std-b67) as BT.709: linear light, Hable's curve; 100 cd/m² is SDR's white."""
    return (
        ("zscale", f"tin={transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=100"),
        ("format", "gbrpf32le"),
        ("zscale", "p=bt709"),
        ("tonemap", "hable:desat=0"),
        ("zscale", "t=bt709:m=bt709:r=limited"),
        ("format", "yuv444p"),
    )


def _cut(crop: Crop, *, deep: bool) -> tuple[Filter, ...]:
    """Cut out of RGB, since pixels that share their colours can be cut at even places only."""
    whole = Picture(crop.of_width, crop.of_height, deep)
    place = f"{crop.width}:{crop.height}:{crop.x}:{crop.y}"
    return (*_scaled(crop.of_width, crop.of_height, whole), ("crop", place))


def _scaled(width: int, height: int, picture: Picture) -> tuple[Filter, ...]:
    scaling = f"{width}:{height}:flags=bicubic{_COLOURS.get(picture.format, '')}"
    return ("scale", scaling), ("format", pixel_format(picture))


def raw_bytes(picture: Picture) -> int:
    """Of a frame to be encoded, plane after plane without padding."""
    if picture.format in _PIXELS:
        return picture.width * picture.height + 2 * -(-picture.width // 2) * -(-picture.height // 2)
    return picture.width * picture.height * (6 if picture.deep else 3)


def pixel_format(picture: Picture) -> str:
    """As libavutil calls it, of what is to be encoded."""
    return _PIXELS.get(picture.format) or ("rgb48be" if picture.deep else "rgb24")
