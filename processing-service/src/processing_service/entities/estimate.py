"""What a job will come to, reckoned before it is begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.spans import NANOSECONDS, WorkRate
from fiapx_models.media import Media, Warned

BYTES_PER_PIXEL: Final[Mapping[str, float]] = {"png": 0.9, "jpeg": 0.17, "webp": 0.08}
"""Of an archive, where none like it was finished yet: Big Buck Bunny in full HD, a frame every two seconds."""
_SPEED: Final = 1.0
"""Work in seconds of one core that a worker does in a second, where none was measured: as the engine reckons it."""
_TAIL_S: Final = 1.0
_KEYFRAME_EVERY_S: Final = 2.0
"""What encoders for the web are told, and what cameras do; nobody knows before the video is looked into."""
_SCENE_EVERY_S: Final = 4.0
"""As in feature films; nobody knows before ffmpeg has looked at every frame."""
_SEGMENT_WORK_S: Final = 30
_HAIR: Final = 1e-6


@dataclass(frozen=True)
class Figures:
    """What recent jobs of the platform came to; None: there were none like it."""

    bytes_per_pixel: float | None
    speed: float | None
    tail_s: float | None
    workers: int
    """Alive now."""


@dataclass(frozen=True)
class Prospect:
    """What is to be done; `work_s` in seconds of one core, sizes in pixels."""

    frames: int
    is_exact: bool
    width: int
    height: int
    work_s: float
    segments: int
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """What it comes to."""

    prospect: Prospect
    size_bytes: int
    seconds: float
    is_size_measured: bool
    is_time_measured: bool


def estimate(prospect: Prospect, image_format: str, figures: Figures) -> Estimate:
    """By measured figures where there are some."""
    per_pixel = figures.bytes_per_pixel or BYTES_PER_PIXEL[image_format]
    # a job cannot use more workers than it has segments
    at_once = max(1, min(figures.workers, prospect.segments))
    return Estimate(
        prospect=prospect,
        size_bytes=round(prospect.frames * prospect.width * prospect.height * per_pixel),
        seconds=prospect.work_s / (figures.speed or _SPEED) / at_once + (figures.tail_s or _TAIL_S),
        is_size_measured=figures.bytes_per_pixel is not None,
        is_time_measured=figures.speed is not None,
    )


def prospect_of(media: Media, request: ExtractionRequest, width: int, height: int, rate: WorkRate) -> Prospect:
    """From a video's facts alone: as if all its frames were equally long and had a keyframe every two seconds."""
    length_s = _length_s(media, request)
    frames = max(1, _frames(media, request, length_s))
    kept = frames if request.max_frames is None else min(frames, request.max_frames)
    pixels = media.width * media.height
    per_keyframe = max(1.0, _KEYFRAME_EVERY_S * media.fps)
    # of frames that lie far apart each is decoded from the keyframe before it, half of that stretch away on average
    packets = min(length_s * media.fps * kept / frames, kept * (1 + per_keyframe / 2))
    restarts = min(kept, ceil(length_s / _KEYFRAME_EVERY_S))
    work_ns = rate.decoding(ceil(packets), pixels) + rate.encoding(kept, pixels)
    if kept * per_keyframe < length_s * media.fps:
        work_ns += restarts * rate.restart_ns
    work_s = work_ns / NANOSECONDS
    segments = ceil(work_s / _SEGMENT_WORK_S)
    return Prospect(kept, False, width, height, work_s + search_work_s(media, request, rate), segments)


def search_work_s(media: Media, request: ExtractionRequest, rate: WorkRate) -> float:
    """Of decoding all of the range before there is a plan, as scenes need it."""
    if request.rule != "scenes":
        return 0.0
    packets = ceil(_length_s(media, request) * media.fps)
    return rate.decoding(packets, media.width * media.height) / NANOSECONDS


def _length_s(media: Media, request: ExtractionRequest) -> float:
    end_s = media.duration_s if request.end_s is None else min(float(request.end_s), media.duration_s)
    return max(0.0, end_s - float(request.start_s))


def _frames(media: Media, request: ExtractionRequest, length_s: float) -> int:
    start_s, end_s = float(request.start_s), float(request.start_s) + length_s
    match request.rule:
        case "count":
            return request.count
        case "timestamps":
            return sum(start_s <= time_s < end_s for time_s in request.timestamps_s)
        case "frames":
            return sum(start_s <= number / media.fps < end_s for number in request.numbers)
        case _:
            # one that is hit by a hair's breadth more than once is not counted twice
            return ceil(length_s / _every_s(media, request) - _HAIR)


def _every_s(media: Media, request: ExtractionRequest) -> float:
    match request.rule:
        case "fps" | "ffmpeg_fps":
            return float(1 / request.fps)
        case "interval":
            return float(request.interval_s)
        case "every":
            return request.step / media.fps
        case "scenes":
            return _SCENE_EVERY_S
        case _:
            return _KEYFRAME_EVERY_S
