from collections.abc import Callable
from fractions import Fraction

import pytest
from fiapx_engine.frame_numbers import by_keyframes, by_numbers, by_scenes, by_step, in_range
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import Chosen, ExtractionRequest
from fiapx_engine.timeline import Timeline
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]


def stepped(timeline: Timeline, step: int, start: str = "0", end: str | None = None) -> tuple[list[int], Chosen]:
    ends = None if end is None else Fraction(end)
    chosen = by_step(timeline, ExtractionRequest("every", start_s=Fraction(start), end_s=ends, step=step))
    return list(chosen.frames), chosen


def numbered(timeline: Timeline, *numbers: int, start: str = "0", end: str | None = None) -> tuple[list[int], Chosen]:
    ends = None if end is None else Fraction(end)
    chosen = by_numbers(timeline, ExtractionRequest("frames", start_s=Fraction(start), end_s=ends, numbers=numbers))
    return list(chosen.frames), chosen


def keys(timeline: Timeline, start: str = "0", end: str | None = None) -> tuple[list[int], Chosen]:
    ends = None if end is None else Fraction(end)
    chosen = by_keyframes(timeline, ExtractionRequest("keyframes", start_s=Fraction(start), end_s=ends))
    return list(chosen.frames), chosen


def test_every_tenth_frame_begins_with_the_first(constant: MakeTimeline) -> None:
    assert stepped(constant(35), 10)[0] == [0, 10, 20, 30]


def test_every_tenth_frame_of_a_range_begins_with_the_ranges_first(constant: MakeTimeline) -> None:
    assert stepped(constant(300), 10, start="1.01", end="2")[0] == [31, 41, 51]


def test_a_step_beyond_the_end_gives_the_first_frame(constant: MakeTimeline) -> None:
    assert stepped(constant(5), 100)[0] == [0]


def test_a_range_without_a_frame_gives_the_one_on_screen_and_says_so(constant: MakeTimeline) -> None:
    frames, chosen = stepped(constant(300), 1, start="1.001", end="1.002")

    assert frames == [30]
    assert chosen.warnings == (WarningCode.RANGE_WITHOUT_FRAME,)


def test_a_range_after_the_end_gives_the_last_frame_and_says_so(constant: MakeTimeline) -> None:
    frames, chosen = stepped(constant(300), 1, start="10", end="11")

    assert frames == [299]
    assert chosen.warnings == (WarningCode.RANGE_BEYOND_END,)


def test_numbers_are_sorted_and_taken_once(constant: MakeTimeline) -> None:
    frames, chosen = numbered(constant(300), 250, 0, 7, 250)

    assert frames == [0, 7, 250]
    assert (chosen.count, chosen.warnings) == (3, ())


def test_numbers_outside_the_range_are_left_out(constant: MakeTimeline) -> None:
    assert numbered(constant(300), 29, 30, 59, 60, start="1", end="2")[0] == [30, 59]


def test_numbers_beyond_the_end_give_no_frame_and_a_warning_that_counts_them(constant: MakeTimeline) -> None:
    frames, chosen = numbered(constant(300), 299, 300, 301)

    assert frames == [299]
    assert (chosen.warnings, chosen.beyond) == ((WarningCode.BEYOND_END,), 2)


@pytest.mark.parametrize(
    ("number", "limits", "nearest"),
    [(300, ("0", None), 299), (0, ("1", "2"), 30), (90, ("1", "2"), 59), (5, ("1.001", "1.002"), 30)],
)
def test_numbers_that_all_lie_outside_give_the_nearest_frame(
    constant: MakeTimeline, number: int, limits: tuple[str, str | None], nearest: int
) -> None:
    frames, chosen = numbered(constant(300), number, start=limits[0], end=limits[1])

    assert frames == [nearest]
    assert chosen.warnings[-1] is WarningCode.NEAREST_FRAME_ONLY


def test_keyframes_are_all_keyframes_of_the_range(constant: MakeTimeline) -> None:
    assert keys(constant(300, gop=60))[0] == [0, 60, 120, 180, 240]
    assert keys(constant(300, gop=60), start="2", end="6")[0] == [60, 120]


def test_a_range_without_a_keyframe_gives_the_frame_on_screen_and_says_so(constant: MakeTimeline) -> None:
    frames, chosen = keys(constant(300, gop=60), start="1", end="2")

    assert frames == [30]
    assert chosen.warnings == (WarningCode.NEAREST_FRAME_ONLY,)


def test_keyframes_that_the_decoder_does_not_show_do_not_count(constant: MakeTimeline) -> None:
    assert keys(constant(300, gop=60).from_frame(70))[0] == [50, 110, 170]


@given(
    st.lists(st.integers(1, 500), min_size=0, max_size=40),
    st.fractions(0, 10, max_denominator=1001),
    st.fractions(Fraction(1, 1000), 10, max_denominator=1001),
    st.integers(1, 12),
)
def test_the_frames_of_a_range_are_those_that_begin_in_it(
    shown: MakeTimeline, gaps: list[int], start: Fraction, length: Fraction, step: int
) -> None:
    timeline = shown([sum(gaps[:n]) for n in range(len(gaps) + 1)], Fraction(1, 1000), duration=7)
    request = ExtractionRequest("every", start_s=start, end_s=start + length, step=step)

    within = [n for n, pts in enumerate(timeline.pts) if start <= pts * timeline.time_base < start + length]

    assert list(in_range(timeline, request)) == within
    assert list(by_step(timeline, request).frames) == within[::step] or not within


def test_scenes_begin_with_the_frames_that_were_found(constant: MakeTimeline) -> None:
    chosen = by_scenes(constant(300), ExtractionRequest("scenes", numbers=(0, 45, 200)))
    assert (list(chosen.frames), chosen.count, chosen.warnings) == ([0, 45, 200], 3, ())


def test_where_no_scene_was_found_the_frame_on_screen_at_the_start_stands_for_it(constant: MakeTimeline) -> None:
    chosen = by_scenes(constant(300), ExtractionRequest("scenes", start_s=Fraction(100)))
    assert (list(chosen.frames), chosen.warnings) == ([299], (WarningCode.RANGE_BEYOND_END,))
