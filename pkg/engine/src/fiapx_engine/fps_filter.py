"""The frames of ffmpeg's fps filter (libavfilter/vf_fps.c, round=near, eof_action=round), computed in integers."""

from collections.abc import Iterator
from fractions import Fraction

from fiapx_engine.frame_numbers import nothing_in
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest
from fiapx_engine.timeline import MICROSECONDS, Timeline, rescale_near, ticks


def as_ffmpeg(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """What `ffmpeg -vf fps=N` shows, of a range what `trim,setpts=PTS-STARTPTS,fps=N` does.

    r(t) is t in output frames, rounded. Output n shows the last frame with r(pts) ≤ n and runs from the first frame's
    r to below the end's. Where the first is late (n > 0), the command line repeats it back to n = 0.
    """
    first, last, zero = _trimmed(timeline, request)
    if first > last:
        shown = timeline.shown_at(zero + ticks(request.start_s, timeline.time_base))
        return Chosen(1, iter((shown,)), (nothing_in(timeline, request),))
    per_tick = timeline.time_base * request.fps
    end = _told_end(timeline, request) if last + 1 == len(timeline.pts) else timeline.pts[last + 1]
    begin_n, end_n = rescale_near(timeline.pts[first] - zero, per_tick), rescale_near(end - zero, per_tick)
    if end_n <= begin_n:
        return Chosen(1, iter((first,)), (WarningCode.FIRST_FRAME_ONLY,))
    run = _fps_filter(timeline, (first, last), zero, per_tick, range(begin_n, end_n))
    if begin_n <= 0:
        return Chosen(end_n - begin_n, run)
    return Chosen(end_n, _led_by(first, begin_n, run))


def needs_told_end(timeline: Timeline, request: ExtractionRequest) -> bool:
    """Whether it depends on what only ffmpeg itself can tell: how often the last frame is shown."""
    if request.rule != "ffmpeg_fps" or timeline.told_end is not None:
        return False
    first, last, zero = _trimmed(timeline, request)
    if first > last or last + 1 < len(timeline.pts):
        return False
    per_tick = timeline.time_base * request.fps
    return rescale_near(timeline.pts[last] - zero, per_tick) != rescale_near(timeline.latest_end - zero, per_tick)


def _told_end(timeline: Timeline, request: ExtractionRequest) -> int:
    """As who was asked says; where nobody could or need be asked, when the video ends."""
    told = timeline.told_end if request.told_end is None else request.told_end
    return timeline.end if told is None else told


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
