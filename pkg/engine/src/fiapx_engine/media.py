"""Facts of a source, read from ffprobe's JSON: which stream is the video, and how it is meant to be shown."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import VideoRefused
from fiapx_engine.segments import EngineName, Picture
from fiapx_engine.timeline import SeekBy, Timeline, ticks, varies

_HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})
_INTERLACED = frozenset({"tt", "bb", "tb", "bt"})
_DEEP_PIXELS = re.compile(r"(?:9|10|12|14|16|20|30|32|36|48|64)(?:le|be)$")
_PLAIN_TEXT = re.compile(r"[\w:;.,+\- ]{1,40}", re.ASCII)
_MATRIX_CELL = re.compile(r"-?\d+(?!\d*:)")
_MATRIX_CELLS = 9
_UNKNOWN_CODECS = frozenset({"", "none", "unknown"})
# Formats whose times may jump: ffmpeg counts from the chosen stream's start, not from the file's.
_JUMPING_FORMATS = frozenset({"mpegts", "mpeg"})
_SEEKING_FORMATS = frozenset({"mov", "matroska", "avi", "mpegts", "mpeg", "flv", "asf"})
_RATE_FROM_BITSTREAM = frozenset({"h264", "hevc"})


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """The largest picture that is decoded: pixels on a side and in all."""

    side: int = 8192
    pixels: int = 33_000_000


@dataclass(frozen=True, slots=True)
class Media:
    """What users are told about a video; width and height as displayed, rotation in degrees clockwise."""

    duration_s: float
    width: int
    height: int
    fps: float
    codec: str
    rotation: int
    hdr: bool
    variable_frame_rate: bool


@dataclass(frozen=True, slots=True)
class VideoStream:
    """The chosen stream as its headers describe it, which prove nothing about times and counts."""

    index: int
    codec: str
    coded_width: int
    coded_height: int
    picture: Picture
    rotation: int
    hdr: bool
    time_base: Fraction
    average_rate: Fraction
    declared_frames: int
    start_pts: int
    file_start: int
    format: str
    creation_time: str | None
    timecode: str | None

    @property
    def seek_by(self) -> SeekBy:
        """MP4's index is searched by presentation time, all others' by decoding time (AVFMT_SEEK_TO_PTS)."""
        return "pts" if self.format == "mov" else "dts"

    @property
    def seeks(self) -> bool:
        """Whether seeking in this container was found to give the same frames; in Ogg it does not."""
        return self.format in _SEEKING_FORMATS

    @property
    def zero(self) -> int:
        return self.start_pts if self.format in _JUMPING_FORMATS else self.file_start

    @property
    def untold_duration(self) -> int:
        """What ffmpeg takes for a missing duration of the last frame; H.26x decoders overwrite the container's rate."""
        if self.codec in _RATE_FROM_BITSTREAM or not self.average_rate:
            return 0
        return ticks(1 / self.average_rate, self.time_base)


@dataclass(frozen=True, slots=True)
class Source:
    """A probed file, ready to be planned.

    `engine` is the one that probed it; `cut_off` says why its end is known to be missing, `index_beyond_end` that the
    index tells of frames there.
    """

    engine: EngineName
    media: Media
    stream: int
    picture: Picture
    timeline: Timeline
    seek_by: SeekBy
    creation_time: str | None
    timecode: str | None
    cut_off: str = ""
    index_beyond_end: bool = False


def choose_video(probed: dict[str, Any], limits: MediaLimits) -> VideoStream:
    """The video stream with the largest picture; cover art does not count.

    Raises:
        VideoRefused: no_video, unsupported_codec, no_frames (a stream without picture size), too_large.
    """
    candidates = [stream for stream in probed.get("streams", []) if _is_video(stream)]
    if not candidates:
        raise VideoRefused(FailureCode.NO_VIDEO, "no video stream besides cover art")
    stream = max(candidates, key=lambda candidate: _number(candidate, "width") * _number(candidate, "height"))
    codec = str(stream.get("codec_name", ""))
    if codec in _UNKNOWN_CODECS:
        raise VideoRefused(FailureCode.UNSUPPORTED_CODEC, f"codec tag {stream.get('codec_tag_string', '?')}")
    return _described(stream, probed.get("format", {}), codec, limits)


def media_of(stream: VideoStream, timeline: Timeline) -> Media:
    """What the packets say, never the headers: duration, rate, and whether it varies."""
    duration = timeline.duration_s
    return Media(
        duration_s=float(round(duration, 6)),
        width=stream.picture.width,
        height=stream.picture.height,
        fps=float(round(len(timeline.pts) / duration, 3)) if duration else 0.0,
        codec=stream.codec,
        rotation=stream.rotation,
        hdr=stream.hdr,
        variable_frame_rate=varies(timeline.pts),
    )


def _is_video(stream: dict[str, Any]) -> bool:
    disposition = stream.get("disposition", {})
    still = disposition.get("attached_pic") or disposition.get("timed_thumbnails")
    return stream.get("codec_type") == "video" and not still


def _described(stream: dict[str, Any], container: dict[str, Any], codec: str, limits: MediaLimits) -> VideoStream:
    coded = _number(stream, "width"), _number(stream, "height")
    time_base = _ratio(stream.get("time_base"), "/")
    if min(coded) <= 0 or time_base <= 0:
        raise VideoRefused(FailureCode.NO_FRAMES, f"a {codec} stream without picture size or time base")
    rotation, mirrored = _orientation(stream.get("side_data_list", []))
    shown = _displayed(coded, _ratio(stream.get("sample_aspect_ratio"), ":"), rotation)
    for width, height in (coded, shown):
        if max(width, height) > limits.side or width * height > limits.pixels:
            raise VideoRefused(FailureCode.TOO_LARGE, f"{width} x {height} pixels")
    transfer = str(stream.get("color_transfer", ""))
    tags = [part.get("tags", {}) for part in (stream, container)]
    return VideoStream(
        index=_number(stream, "index"),
        codec=codec,
        coded_width=coded[0],
        coded_height=coded[1],
        picture=Picture(
            *shown,
            deep=bool(_DEEP_PIXELS.search(str(stream.get("pix_fmt", "")))),
            rotation=rotation,
            mirrored=mirrored,
            stored_width=coded[0],
            stored_height=coded[1],
            deinterlace=stream.get("field_order") in _INTERLACED,
            tone_map=transfer if transfer in _HDR_TRANSFERS else "",
        ),
        rotation=rotation,
        hdr=transfer in _HDR_TRANSFERS,
        time_base=time_base,
        average_rate=_ratio(stream.get("avg_frame_rate"), "/"),
        declared_frames=_number(stream, "nb_frames"),
        start_pts=_number(stream, "start_pts"),
        file_start=ticks(_decimal(container.get("start_time")), time_base),
        format=str(container.get("format_name", "")).split(",")[0],
        creation_time=_tag(tags, "creation_time"),
        timecode=_tag(tags, "timecode"),
    )


def _displayed(coded: tuple[int, int], sample_aspect: Fraction, rotation: int) -> tuple[int, int]:
    """Square pixels by changing the width, then the rotation's quarter turns."""
    width, height = coded
    if sample_aspect > 0:
        width = max(int(width * sample_aspect + Fraction(1, 2)), 1)
    return (height, width) if rotation in {90, 270} else (width, height)


def _orientation(side_data: Iterable[dict[str, Any]]) -> tuple[int, bool]:
    """Degrees clockwise (ffprobe tells them counter-clockwise), and whether the matrix mirrors: its determinant."""
    matrix = next((data for data in side_data if "rotation" in data), {})
    cells = [int(cell) for cell in _MATRIX_CELL.findall(str(matrix.get("displaymatrix", "")))]
    mirrored = len(cells) == _MATRIX_CELLS and cells[0] * cells[4] < cells[1] * cells[3]
    return -int(matrix.get("rotation", 0)) % 360, mirrored


def _tag(tags: Iterable[dict[str, Any]], name: str) -> str | None:
    # Matroska's tags are written in capitals
    value = next((str(group[key]) for group in tags for key in group if key.lower() == name), "")
    return value if _PLAIN_TEXT.fullmatch(value) else None


def _number(values: dict[str, Any], name: str) -> int:
    try:
        return int(values.get(name, 0))
    except ValueError:
        return 0


def _ratio(value: object, separator: str) -> Fraction:
    numerator, _, denominator = str(value).partition(separator)
    try:
        return Fraction(int(numerator), int(denominator))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _decimal(value: object) -> Fraction:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)
