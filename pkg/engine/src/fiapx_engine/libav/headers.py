"""A container's headers as ffprobe's JSON has them, so that one reader of headers serves both engines."""

from array import array
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, cast

from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fiapx_engine.media import MediaLimits
from fiapx_engine.timeline import MICROSECONDS

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext

_TRANSFERS: Final = {16: "smpte2084", 18: "arib-std-b67"}
"""ITU-T H.273, table 3: the two that are HDR."""
_MATRIX: Final = "DISPLAYMATRIX"
_FIELD_ORDERS: Final = {2: "tt", 3: "bb", 4: "tb", 5: "bt"}
"""AVFieldOrder (libavcodec/defs.h): which field is coded and which shown first."""
_MOST_PIXELS: Final = MediaLimits().pixels


def headers(container: InputContainer, first_frame: Callable[[VideoStream], VideoFrame | None]) -> dict[str, Any]:
    """`streams` and `format`. Of the largest picture the first frame is asked for, which alone tells its rotation."""
    streams = [_stream(stream) for stream in container.streams]
    largest = max(_pictures(container), key=_pixels, default=None)
    if largest is not None and 0 < _pixels(largest) <= _MOST_PIXELS:
        streams[largest.index] |= {"side_data_list": _orientation(first_frame(largest))}
    start: int | None = container.start_time  # PyAV says None where libav does not know
    return {
        "streams": streams,
        "format": {
            "format_name": container.format.name,
            "start_time": None if start is None else f"{start / MICROSECONDS:.6f}",
            "tags": container.metadata,
        },
    }


def _pictures(container: InputContainer) -> list[VideoStream]:
    still = Disposition.attached_pic | Disposition.timed_thumbnails
    videos = [s for s in container.streams if isinstance(s, VideoStream) and not s.disposition & still]
    return [video for video in videos if _context(video) is not None]


def _context(stream: VideoStream) -> "VideoCodecContext | None":
    """PyAV has none where libav has no decoder."""
    return stream.codec_context


def _pixels(stream: VideoStream) -> int:
    return stream.codec_context.width * stream.codec_context.height


def _stream(stream: Stream) -> dict[str, Any]:
    told: dict[str, Any] = {"index": stream.index, "codec_type": stream.type, "tags": stream.metadata}
    if not isinstance(stream, VideoStream):
        return told
    told["disposition"] = {
        "attached_pic": bool(stream.disposition & Disposition.attached_pic),
        "timed_thumbnails": bool(stream.disposition & Disposition.timed_thumbnails),
    }
    context = _context(stream)
    if context is None:
        return told
    return told | {
        "codec_name": context.codec.canonical_name,
        "width": context.width,
        "height": context.height,
        "sample_aspect_ratio": _written(stream.sample_aspect_ratio, ":"),
        "pix_fmt": context.pix_fmt,
        "field_order": _FIELD_ORDERS.get(int(context.field_order)),
        "color_transfer": _TRANSFERS.get(context.color_trc),
        "time_base": _written(stream.time_base, "/"),
        "avg_frame_rate": _written(stream.average_rate, "/"),
        "nb_frames": stream.frames,
        "start_pts": stream.start_time or 0,
    }


def _orientation(frame: VideoFrame | None) -> list[dict[str, Any]]:
    """Its display matrix."""
    if frame is None:
        return []
    matrices = [bytes(side) for side in _side_data(frame) if side.type.name == _MATRIX]
    return [{"rotation": frame.rotation, "displaymatrix": _cells(matrix)} for matrix in matrices]


def _side_data(frame: VideoFrame) -> Iterable[SideData]:
    """PyAV declares a mapping and gives the items when iterated."""
    return cast("Iterable[SideData]", frame.side_data)


def _cells(matrix: bytes) -> str:
    """Nine fixed-point numbers, row by row (libavutil/display.h)."""
    return " ".join(str(cell) for cell in array("i", matrix))


def _written(ratio: Any, separator: str) -> str | None:
    return None if ratio is None else f"{ratio.numerator}{separator}{ratio.denominator}"
