import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.selection import select_frames
from fiapx_engine.timeline import Packet, Timeline, timeline_of
from fiapx_engine.tolerance import StandIns
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]
LIMIT = 10_000


def standing_in(timeline: Timeline, tolerance: str, *times: str, start: str = "0", stop: str = "10") -> list[int]:
    limits = Fraction(start), Fraction(stop)
    stand_ins = StandIns(timeline, Fraction(tolerance), *limits, timeline.keyframe_numbers())
    return [stand_ins.at(Fraction(time)) for time in times]


def reordered(gop: int, groups: int) -> Timeline:
    """30 frames a second, each group I P B B P B B …: every third frame is decoded before the two shown before it."""
    order = [0, *(shown for third in range(3, gop, 3) for shown in (third, third - 2, third - 1))]
    packets = [
        Packet(group * gop + place, None, 1, None, keyframe=place == 0, discarded=False)
        for group in range(groups)
        for place in order
    ]
    timeline = timeline_of(packets, time_base=Fraction(1, 30), file_start=0)
    assert timeline is not None
    return timeline


def test_the_nearest_keyframe_within_the_tolerance_stands_for_an_instant(constant: MakeTimeline) -> None:
    assert standing_in(constant(300, gop=60), "1", "0.9", "1.1", "3", "4.9") == [0, 60, 60, 120]


@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=30, unique=True).map(sorted),
    st.lists(st.booleans(), min_size=30, max_size=30),
    st.fractions(0, 45, max_denominator=7),
    st.fractions(0, 20, max_denominator=7),
)
def test_no_keyframe_within_the_tolerance_is_nearer(
    pts: list[int], keys: list[bool], time_s: Fraction, tolerance: Fraction
) -> None:
    packets = [Packet(at, at, 1, None, keyframe=keys[n], discarded=False) for n, at in enumerate(pts)]
    timeline = timeline_of(packets, time_base=Fraction(1, 10), file_start=0)
    assert timeline is not None
    since = [Fraction(at - pts[0], 10) for at in pts]
    within = [n for n, at in enumerate(since) if keys[n] and abs(at - time_s) <= tolerance]

    found = StandIns(timeline, tolerance, Fraction(0), Fraction(100), timeline.keyframe_numbers()).at(time_s)

    assert not within or found == min(within, key=lambda n: abs(since[n] - time_s))


def test_a_tolerance_that_holds_very_many_keyframes_costs_no_look_at_each(constant: MakeTimeline) -> None:
    timeline = constant(20_000, step=1, gop=1, time_base=Fraction(1, 1000))
    stand_ins = StandIns(timeline, Fraction(3600), Fraction(0), timeline.duration_s, timeline.keyframe_numbers())

    began_s = time.process_time()
    found = [stand_ins.at(Fraction(n, 10)) for n in range(200)]
    took_s = time.process_time() - began_s

    assert found == [n * 100 for n in range(200)]
    assert took_s < 1


def test_a_keyframe_just_at_the_edge_still_counts(constant: MakeTimeline) -> None:
    assert standing_in(constant(300, gop=60), "1", "3", "1") == [60, 0]


def test_without_a_keyframe_it_is_the_frame_with_the_fewest_packets_before_it(constant: MakeTimeline) -> None:
    assert standing_in(constant(300, gop=60), "0.1", "1") == [27]


def test_a_frame_that_is_shown_later_and_decoded_earlier_is_cheaper() -> None:
    assert standing_in(reordered(30, 3), "1/30", "4/30", "8/30") == [3, 9]


def test_a_stream_that_cannot_be_entered_costs_all_packets_before(constant: MakeTimeline) -> None:
    assert standing_in(replace(constant(300, gop=60), seekable=False), "0.1", "1") == [27]


def test_without_a_frame_within_the_tolerance_it_is_the_one_on_screen(shown: MakeTimeline) -> None:
    assert standing_in(shown([0, 100], Fraction(1, 10)), "1", "5") == [0]


@pytest.mark.parametrize(("time", "frame"), [("2.5", 75), ("3.9", 87)])
def test_frames_outside_the_range_stand_for_none(constant: MakeTimeline, time: str, frame: int) -> None:
    assert standing_in(constant(300, gop=60), "1", time, start="2.5", stop="4") == [frame]


def test_without_tolerance_nothing_changes(constant: MakeTimeline) -> None:
    exact = select_frames(constant(300), ExtractionRequest("fps", Fraction(7)), LIMIT)

    assert exact == select_frames(constant(300), ExtractionRequest("fps", Fraction(7), tolerance_s=Fraction(0)), LIMIT)


@given(
    st.integers(1, 12).map(lambda third: 3 * third + 1),
    st.integers(1, 6),
    st.fractions(Fraction(1, 5), 40, max_denominator=1001),
    st.fractions(0, 2, max_denominator=100),
    st.fractions(0, 1, max_denominator=100),
)
def test_frames_lie_within_the_tolerance_and_never_go_back(
    gop: int, groups: int, fps: Fraction, tolerance: Fraction, start: Fraction
) -> None:
    timeline = reordered(gop, groups)
    request = ExtractionRequest("fps", fps, start, tolerance_s=tolerance)

    frames = select_frames(timeline, request, LIMIT).frames
    exact = select_frames(timeline, replace(request, tolerance_s=Fraction(0)), LIMIT).frames

    assert len(frames) == len(exact)
    assert list(frames) == sorted(frames)
    for k, (frame, on_screen) in enumerate(zip(frames, exact, strict=True)):
        assert frame == on_screen or abs(timeline.pts[frame] * timeline.time_base - start - k / fps) <= tolerance
