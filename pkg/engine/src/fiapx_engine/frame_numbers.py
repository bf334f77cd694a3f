"""Rules that name frames by their place among the shown ones, from 0 in presentation order."""

from bisect import bisect_left
from fractions import Fraction

from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest
from fiapx_engine.timeline import Timeline


def by_step(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """The range's first frame and each `step`-th after it."""
    within = in_range(timeline, request)[:: request.step]
    return Chosen(len(within), iter(within)) if within else _at_start(timeline, request, nothing_in(timeline, request))


def by_numbers(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """The frames with these numbers that lie in the range; where none does, the nearest that does."""
    asked = sorted(set(request.numbers))
    within = in_range(timeline, request)
    beyond = sum(number >= len(timeline.pts) for number in asked)
    warnings = (WarningCode.BEYOND_END,) if beyond else ()
    numbers = [number for number in asked if number in within]
    if numbers:
        return Chosen(len(numbers), iter(numbers), warnings, beyond)
    nearest = min(max(asked[0], within[0]), within[-1]) if within else _shown_at_start(timeline, request)
    return Chosen(1, iter((nearest,)), (*warnings, WarningCode.NEAREST_FRAME_ONLY), beyond)


def by_keyframes(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """All keyframes that are shown in the range."""
    numbers = timeline.keyframe_numbers()
    within = in_range(timeline, request)
    kept = numbers[bisect_left(numbers, within.start) : bisect_left(numbers, within.stop)]
    return Chosen(len(kept), iter(kept)) if kept else _at_start(timeline, request, WarningCode.NEAREST_FRAME_ONLY)


def by_scenes(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """The frames that scenes begin with, as they were found in the range."""
    if not request.numbers:
        return _at_start(timeline, request, nothing_in(timeline, request))
    return Chosen(len(request.numbers), iter(request.numbers))


def nothing_in(timeline: Timeline, request: ExtractionRequest) -> WarningCode:
    """Why no frame begins in the range: it comes after the video, or lies between two frames."""
    is_beyond = request.start_s >= timeline.duration_s
    return WarningCode.RANGE_BEYOND_END if is_beyond else WarningCode.RANGE_WITHOUT_FRAME


def in_range(timeline: Timeline, request: ExtractionRequest) -> range:
    """The frames that begin to be shown in the range."""
    first = _from(timeline, request.start_s)
    stop = len(timeline.pts) if request.end_s is None else _from(timeline, request.end_s)
    return range(first, max(stop, first))


def _from(timeline: Timeline, time_s: Fraction) -> int:
    return bisect_left(timeline.pts, timeline.first + -(-time_s // timeline.time_base))


def _at_start(timeline: Timeline, request: ExtractionRequest, warning: WarningCode) -> Chosen:
    return Chosen(1, iter((_shown_at_start(timeline, request),)), (warning,))


def _shown_at_start(timeline: Timeline, request: ExtractionRequest) -> int:
    return timeline.shown_at(timeline.first + request.start_s // timeline.time_base)
