from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction

import pytest
from fiapx_engine.instants import by_count, by_fps, by_interval, by_timestamps
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest
from fiapx_engine.timeline import Timeline
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]

gaps = st.lists(st.integers(1, 500), min_size=0, max_size=25)
time_bases = st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1001, 60_000)])
seconds = st.fractions(0, 20, max_denominator=1001)


def times_of(timeline: Timeline) -> list[Fraction]:
    return [(pts - timeline.first) * timeline.time_base for pts in timeline.pts]


def at(timeline: Timeline, *times: str, start: str = "0", end: str | None = None) -> tuple[list[int], Chosen]:
    wanted = tuple(map(Fraction, times))
    ends = None if end is None else Fraction(end)
    chosen = by_timestamps(
        timeline, ExtractionRequest("timestamps", Fraction(1), Fraction(start), ends, timestamps_s=wanted)
    )
    return list(chosen.frames), chosen


def counted(timeline: Timeline, count: int, start: str = "0", end: str | None = None) -> list[int]:
    ends = None if end is None else Fraction(end)
    chosen = by_count(timeline, ExtractionRequest("count", Fraction(1), Fraction(start), ends, count=count))
    frames = list(chosen.frames)
    assert chosen.count == len(frames)
    return frames


@given(st.fractions(Fraction(1, 20), 30, max_denominator=1001))
def test_an_interval_is_the_rate_the_other_way_round(constant: MakeTimeline, fps: Fraction) -> None:
    timeline = constant(100)

    by_rate, by_time = (
        by_fps(timeline, ExtractionRequest("fps", fps)),
        by_interval(timeline, ExtractionRequest("interval", interval_s=1 / fps)),
    )

    assert list(by_rate.frames) == list(by_time.frames)


def test_a_count_is_spread_over_the_whole_length(constant: MakeTimeline) -> None:
    assert counted(constant(300), 4) == [0, 75, 150, 225]


def test_a_count_is_spread_over_the_range(constant: MakeTimeline) -> None:
    assert counted(constant(300), 4, start="2", end="4") == [60, 75, 90, 105]


def test_a_range_that_ends_after_the_video_is_cut_before_it_is_counted(constant: MakeTimeline) -> None:
    assert counted(constant(300), 2, start="8", end="100") == [240, 270]


def test_more_instants_than_frames_show_frames_twice(constant: MakeTimeline) -> None:
    assert counted(constant(2), 4) == [0, 0, 1, 1]


def test_a_count_of_a_range_beyond_the_end_is_the_last_frame(constant: MakeTimeline) -> None:
    assert counted(constant(30), 4, start="99") == [29]


@given(gaps, time_bases, st.integers(1, 300), st.integers(-10_000, 10_000))
def test_a_count_gives_exactly_so_many_frames_each_on_screen_at_its_instant(
    shown: MakeTimeline, steps: list[int], time_base: Fraction, count: int, first: int
) -> None:
    timeline = shown([first + sum(steps[:n]) for n in range(len(steps) + 1)], time_base, duration=7)

    frames = counted(timeline, count)

    times = times_of(timeline)
    assert frames == [bisect_right(times, k * timeline.duration_s / count) - 1 for k in range(count)]


def test_timestamps_are_absolute_sorted_and_taken_once(constant: MakeTimeline) -> None:
    assert at(constant(300), "5", "1", "5", "1001/1000")[0] == [30, 30, 150]


def test_two_timestamps_of_one_frame_are_two_entries(constant: MakeTimeline) -> None:
    assert at(constant(300), "1", "1.01")[0] == [30, 30]


def test_a_timestamp_just_before_a_frame_shows_the_one_before_it(constant: MakeTimeline) -> None:
    assert at(constant(300), "0.0333333", "1/30")[0] == [0, 1]


def test_timestamps_outside_the_range_are_left_out(constant: MakeTimeline) -> None:
    frames, chosen = at(constant(300), "1", "2", "3", "4", start="2", end="4")

    assert frames == [60, 90]
    assert chosen.warnings == ()


def test_timestamps_beyond_the_end_give_no_frame_and_a_warning_that_counts_them(constant: MakeTimeline) -> None:
    frames, chosen = at(constant(300), "9.99", "10", "11")

    assert frames == [299]
    assert (chosen.warnings, chosen.beyond) == ((WarningCode.BEYOND_END,), 2)


def test_timestamps_that_all_lie_beyond_the_end_give_the_last_frame(constant: MakeTimeline) -> None:
    frames, chosen = at(constant(300), "10", "11")

    assert frames == [299]
    assert chosen.warnings == (WarningCode.BEYOND_END, WarningCode.NEAREST_FRAME_ONLY)


@pytest.mark.parametrize(("time", "nearest"), [("1", 60), ("5", 119)])
def test_timestamps_that_all_lie_outside_the_range_give_its_nearest_frame(
    constant: MakeTimeline, time: str, nearest: int
) -> None:
    frames, chosen = at(constant(300), time, start="2", end="4")

    assert frames == [nearest]
    assert chosen.warnings == (WarningCode.NEAREST_FRAME_ONLY,)


@given(gaps, time_bases, st.lists(seconds, min_size=1, max_size=30), seconds)
def test_every_timestamp_in_range_shows_the_frame_on_screen(
    shown: MakeTimeline, steps: list[int], time_base: Fraction, asked: list[Fraction], start: Fraction
) -> None:
    timeline = shown([sum(steps[:n]) for n in range(len(steps) + 1)], time_base, duration=7)

    chosen = by_timestamps(timeline, ExtractionRequest("timestamps", start_s=start, timestamps_s=tuple(asked)))

    times = times_of(timeline)
    wanted = [bisect_right(times, t) - 1 for t in sorted(set(asked)) if start <= t < timeline.duration_s]
    frames = list(chosen.frames)
    assert chosen.count == len(frames) >= 1
    assert frames == wanted or (not wanted and WarningCode.NEAREST_FRAME_ONLY in chosen.warnings)
