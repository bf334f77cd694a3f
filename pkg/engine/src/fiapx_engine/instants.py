"""Rules that name instants: each shows the frame that is on screen then, the last one with pts ≤ t.

With a tolerance another may stand for it (`tolerance`).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest
from fiapx_engine.timeline import Timeline
from fiapx_engine.tolerance import StandIns


def by_fps(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """At start + k / fps, while that is before the end."""
    return _regular(timeline, request, 1 / request.fps)


def by_interval(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """At start + k · interval, while that is before the end."""
    return _regular(timeline, request, request.interval_s)


def by_count(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """At start + k · length ÷ count, for k from 0 to count - 1."""
    return _regular(timeline, request, (_stop(timeline, request) - request.start_s) / request.count, request.count)


def by_timestamps(timeline: Timeline, request: ExtractionRequest) -> Chosen:
    """At the times asked for that lie in the range and before the end; where none does, at the nearest of these."""
    asked = sorted(set(request.timestamps_s))
    start, stop = request.start_s, _stop(timeline, request)
    beyond = sum(time >= timeline.duration_s for time in asked)
    warnings = (WarningCode.BEYOND_END,) if beyond else ()
    times = [time for time in asked if start <= time < stop]
    if times:
        return Chosen(len(times), _shown(timeline, request, times), warnings, beyond)
    last = timeline.shown_at(timeline.first + ceiling(stop / timeline.time_base) - 1)
    nearest = _on_screen(timeline, start) if asked[0] < start else last
    return Chosen(1, iter((nearest,)), (*warnings, WarningCode.NEAREST_FRAME_ONLY), beyond)


def _stop(timeline: Timeline, request: ExtractionRequest) -> Fraction:
    return timeline.duration_s if request.end_s is None else min(request.end_s, timeline.duration_s)


def _regular(timeline: Timeline, request: ExtractionRequest, step_s: Fraction, count: int | None = None) -> Chosen:
    start, stop = request.start_s, _stop(timeline, request)
    if start >= timeline.duration_s:
        return Chosen(1, iter((len(timeline.pts) - 1,)), (WarningCode.RANGE_BEYOND_END,))
    if count is None:
        count = max(ceiling((stop - start) / step_s), 1)
    if request.tolerance_s:
        return Chosen(count, _shown(timeline, request, (start + k * step_s for k in range(count))))
    # Instants in ticks, as (k·step + begin) // scale in integers: fractions would be slow for 100,000 of them.
    begin, step = start / timeline.time_base, step_s / timeline.time_base
    scale = begin.denominator * step.denominator
    whole_begin, whole_step = int(begin * scale), int(step * scale)
    frames = (timeline.shown_at(timeline.first + (whole_begin + k * whole_step) // scale) for k in range(count))
    return Chosen(count, frames)


def _shown(timeline: Timeline, request: ExtractionRequest, times: Iterable[Fraction]) -> Iterator[int]:
    if not request.tolerance_s:
        return (_on_screen(timeline, time) for time in times)
    limits = request.start_s, _stop(timeline, request)
    stand_ins = StandIns(timeline, request.tolerance_s, *limits, timeline.keyframe_numbers())
    return (stand_ins.at(time) for time in times)


def _on_screen(timeline: Timeline, time_s: Fraction) -> int:
    return timeline.shown_at(timeline.first + time_s // timeline.time_base)


def ceiling(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
