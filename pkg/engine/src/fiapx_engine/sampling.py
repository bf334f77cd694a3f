"""From a rule to the frames that it wants: exact instants, never floats, never a frame number times 1/fps."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from fiapx_models.failures import FailureCode

from fiapx_engine.errors import VideoRefused
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.timeline import MICROSECONDS, Timeline, rescale_near, ticks

Rule = Literal["fps", "ffmpeg_fps"]


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """What is wanted of a video; times in seconds, the range's end exclusive."""

    rule: Rule
    fps: Fraction
    start_s: Fraction = Fraction(0)
    end_s: Fraction | None = None
    max_frames: int | None = None
    name_template: str = "frame_{index}_{time}"
    format: str = "png"
    quality: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Frame numbers (from 0, in presentation order), one for each instant; `count` instants there would have been."""

    frames: tuple[int, ...]
    count: int
    warnings: tuple[WarningCode, ...]


def select_frames(timeline: Timeline, request: ExtractionRequest, most_frames: int) -> Selection:
    """The frames that the request wants, at least one.

    Raises:
        VideoRefused: too_many_frames, known from the count alone, before any list is built.
    """
    if request.rule == "fps":
        count, frames, warnings = _by_instants(timeline, request)
    else:
        count, frames, warnings = _as_ffmpeg(timeline, request)
    kept = count if request.max_frames is None else min(count, request.max_frames)
    if kept > most_frames:
        raise VideoRefused(FailureCode.TOO_MANY_FRAMES, f"{kept} frames planned, {most_frames} allowed")
    if kept < count:
        warnings = (*warnings, WarningCode.MAX_FRAMES_REACHED)
    return Selection(tuple(frame for frame, _ in zip(frames, range(kept), strict=False)), count, warnings)


_Chosen = tuple[int, Iterator[int], tuple[WarningCode, ...]]


def _by_instants(timeline: Timeline, request: ExtractionRequest) -> _Chosen:
    """The frame on screen at start + k/fps, counted from the first frame, while that is before the end."""
    stop = timeline.duration_s if request.end_s is None else min(request.end_s, timeline.duration_s)
    if request.start_s >= timeline.duration_s:
        return 1, iter((len(timeline.pts) - 1,)), (WarningCode.RANGE_BEYOND_END,)
    count = max(_ceil((stop - request.start_s) * request.fps), 1)
    # Instants in ticks, as (k·step + begin) // scale in integers: fractions would be slow for 100,000 of them.
    begin, step = request.start_s / timeline.time_base, 1 / (request.fps * timeline.time_base)
    scale = begin.denominator * step.denominator
    whole_begin, whole_step = int(begin * scale), int(step * scale)
    frames = (timeline.shown_at(timeline.first + (whole_begin + k * whole_step) // scale) for k in range(count))
    return count, frames, ()


def _as_ffmpeg(timeline: Timeline, request: ExtractionRequest) -> _Chosen:
    """The rule of ffmpeg's fps filter with round=near and eof_action=round (libavfilter/vf_fps.c).

    r(t) is t in output frames, rounded. Output n shows the last frame with r(pts) ≤ n and runs from the first frame's
    r to below the end's. Where the first is late (n > 0), the command line repeats it back to n = 0.
    """
    first, last, zero = _trimmed(timeline, request)
    if first > last:
        return (
            1,
            iter((timeline.shown_at(zero + ticks(request.start_s, timeline.time_base)),)),
            (WarningCode.RANGE_BEYOND_END,),
        )
    per_tick = timeline.time_base * request.fps
    end = timeline.told_end if last + 1 == len(timeline.pts) else timeline.pts[last + 1]
    begin_n, end_n = rescale_near(timeline.pts[first] - zero, per_tick), rescale_near(end - zero, per_tick)
    if end_n <= begin_n:
        return 1, iter((first,)), (WarningCode.FIRST_FRAME_ONLY,)
    run = _fps_filter(timeline, (first, last), zero, per_tick, range(begin_n, end_n))
    if begin_n <= 0:
        return end_n - begin_n, run, ()
    return end_n, _led_by(first, begin_n, run), ()


def _trimmed(timeline: Timeline, request: ExtractionRequest) -> tuple[int, int, int]:
    """First and last frame that the range keeps, and the pts that counts as zero.

    Without a range zero is the file's start; with one (`trim,setpts=PTS-STARTPTS`) it is the first kept frame.
    """
    pts, zero = timeline.pts, timeline.file_start
    if request.start_s == 0 and request.end_s is None:
        return 0, len(pts) - 1, zero
    start, stop = _cut(request.start_s, timeline), _cut(request.end_s, timeline)
    first = 0 if start is None else next((n for n, time in enumerate(pts) if time - zero >= start), len(pts))
    last = len(pts) - 1 if stop is None else timeline.shown_at(zero + stop - 1)
    if stop is not None and pts[0] - zero >= stop:
        last = -1
    return first, last, pts[first] if first <= last else zero


def _cut(seconds: Fraction | None, timeline: Timeline) -> int | None:
    """A trim option in ticks: the command line reads whole microseconds."""
    if seconds is None:
        return None
    return ticks(Fraction(int(seconds * MICROSECONDS), MICROSECONDS), timeline.time_base)


def _fps_filter(
    timeline: Timeline, kept: tuple[int, int], zero: int, per_tick: Fraction, outputs: range
) -> Iterator[int]:
    first, last = kept
    outputs_of = (rescale_near(timeline.pts[frame] - zero, per_tick) for frame in range(first + 1, last + 1))
    frame, following = first, next(outputs_of, outputs.stop)
    for n in outputs:
        while frame < last and following <= n:
            frame, following = frame + 1, next(outputs_of, outputs.stop)
        yield frame


def _led_by(frame: int, times: int, run: Iterator[int]) -> Iterator[int]:
    first = next(run, frame)
    for _ in range(times + 1):
        yield first
    yield from run


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
