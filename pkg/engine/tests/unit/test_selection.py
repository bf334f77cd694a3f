from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.fps_filter import needs_told_end
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest, Rule, Selection
from fiapx_engine.selection import select_frames
from fiapx_engine.timeline import Packet, Timeline, timeline_of
from fiapx_models.failures import FailureCode
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]
LIMIT = 100_000


def chosen(
    timeline: Timeline,
    fps: str,
    *,
    start: str = "0",
    end: str | None = None,
    most: int | None = None,
    rule: Rule = "fps",
) -> Selection:
    ends = None if end is None else Fraction(end)
    return select_frames(timeline, ExtractionRequest(rule, Fraction(fps), Fraction(start), ends, most), LIMIT)


def shown(pts: list[int], time_base: Fraction, duration: int = 0, file_start: int = 0) -> Timeline:
    packets = [
        Packet(time, time, duration if time == pts[-1] else 0, None, keyframe=n == 0, discarded=False)
        for n, time in enumerate(pts)
    ]
    timeline = timeline_of(packets, time_base=time_base, file_start=file_start)
    assert timeline is not None
    return timeline


def test_one_frame_a_second_is_every_thirtieth_of_a_30_fps_clip(constant: MakeTimeline) -> None:
    assert chosen(constant(300), "1").frames == tuple(range(0, 300, 30))


def test_an_instant_shows_the_last_frame_before_it(constant: MakeTimeline) -> None:
    assert chosen(constant(30), "7").frames == (0, 4, 8, 12, 17, 21, 25)


def test_a_decimal_rate_is_exact(constant: MakeTimeline) -> None:
    ten_fps = constant(600, step=1, time_base=Fraction(1, 10))

    assert chosen(ten_fps, "0.3").frames == tuple(k * 100 // 3 for k in range(18))


def test_instants_are_counted_from_the_first_frame_and_not_from_zero(constant: MakeTimeline) -> None:
    assert chosen(constant(90, first=123_456), "1").frames == (0, 30, 60)


def test_an_instant_at_the_end_itself_is_not_taken(constant: MakeTimeline) -> None:
    assert len(chosen(constant(60), "1").frames) == 2
    assert len(chosen(constant(61), "1").frames) == 3


def test_a_missing_last_duration_is_the_gap_before_it() -> None:
    timeline = shown([0, 10, 20], Fraction(1, 10))

    assert timeline.end == 30
    assert chosen(timeline, "1").frames == (0, 1, 2)


def test_frames_of_a_variable_rate_are_held_until_the_next_one() -> None:
    timeline = shown([0, 1, 2, 50, 51], Fraction(1, 10), duration=1)

    assert chosen(timeline, "1").frames == (0, 2, 2, 2, 2, 3)


def test_a_clip_shorter_than_an_interval_still_gives_one_frame(constant: MakeTimeline) -> None:
    assert chosen(constant(3), "0.001").frames == (0,)


def test_a_range_counts_from_its_start_and_excludes_its_end(constant: MakeTimeline) -> None:
    assert chosen(constant(300), "2", start="1.25", end="2.75").frames == (37, 52, 67)


def test_a_range_beyond_the_end_gives_the_last_frame_and_says_so(constant: MakeTimeline) -> None:
    selection = chosen(constant(60), "1", start="99")

    assert selection.frames == (59,)
    assert selection.warnings == (WarningCode.RANGE_BEYOND_END,)


def test_max_frames_keeps_the_first_and_says_so(constant: MakeTimeline) -> None:
    selection = chosen(constant(300), "1", most=3)

    assert selection.frames == (0, 30, 60)
    assert selection.count == 10
    assert selection.warnings == (WarningCode.MAX_FRAMES_REACHED,)


def test_max_frames_that_is_not_reached_is_silent(constant: MakeTimeline) -> None:
    assert chosen(constant(300), "1", most=10).warnings == ()


@pytest.mark.parametrize("rule", ["fps", "ffmpeg_fps"])
def test_too_many_frames_are_refused_before_a_list_is_built(rule: Rule) -> None:
    a_year_apart = shown([0, 10**12], Fraction(1, 1000), duration=1)

    with pytest.raises(VideoRefused) as refused:
        chosen(a_year_apart, "1000", rule=rule)

    assert refused.value.code is FailureCode.TOO_MANY_FRAMES


@pytest.mark.parametrize("rule", ["fps", "ffmpeg_fps"])
def test_max_frames_rescues_a_request_for_too_many(rule: Rule) -> None:
    assert chosen(shown([0, 10**12], Fraction(1, 1000)), "1000", most=5, rule=rule).frames == (0,) * 5


def test_ffmpegs_filter_shows_the_frame_before_the_middle_of_an_interval(constant: MakeTimeline) -> None:
    ten_fps = constant(30, step=1, time_base=Fraction(1, 10))

    assert chosen(ten_fps, "1", rule="ffmpeg_fps").frames == (4, 14, 24)


def test_ffmpegs_filter_repeats_a_late_first_frame_back_to_zero() -> None:
    timeline = shown([20, 30, 40], Fraction(1, 10), duration=10)

    assert chosen(timeline, "1", rule="ffmpeg_fps").frames == (0, 0, 0, 1, 2)


def test_ffmpegs_filter_takes_a_missing_duration_as_none() -> None:
    assert chosen(shown([0, 10, 20], Fraction(1, 10)), "1", rule="ffmpeg_fps").frames == (0, 1)


def test_where_ffmpeg_gives_nothing_the_first_frame_is_given(constant: MakeTimeline) -> None:
    selection = chosen(constant(10), "1", rule="ffmpeg_fps")

    assert selection.frames == (0,)
    assert selection.warnings == (WarningCode.FIRST_FRAME_ONLY,)


def test_ffmpegs_filter_after_a_trim_counts_from_the_first_kept_frame(constant: MakeTimeline) -> None:
    ten_fps = constant(100, step=1, time_base=Fraction(1, 10))

    assert chosen(ten_fps, "1", start="2.1", end="5.1", rule="ffmpeg_fps").frames == (25, 35, 45)


def test_a_trim_beyond_the_end_gives_the_last_frame_and_says_so(constant: MakeTimeline) -> None:
    selection = chosen(constant(60), "1", start="99", rule="ffmpeg_fps")

    assert selection.frames == (59,)
    assert selection.warnings == (WarningCode.RANGE_BEYOND_END,)


def test_a_trim_that_ends_before_a_late_first_frame_gives_that_frame() -> None:
    late = shown([20, 30], Fraction(1, 10))

    selection = chosen(late, "1", end="1.5", rule="ffmpeg_fps")

    assert selection.frames == (0,)
    assert selection.warnings == (WarningCode.RANGE_WITHOUT_FRAME,)


increasing = st.lists(st.integers(1, 500), min_size=0, max_size=25).map(
    lambda gaps: [sum(gaps[:n]) for n in range(len(gaps) + 1)]
)
rates = st.fractions(Fraction(1, 20), 30, max_denominator=1001)
time_bases = st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1001, 60_000), Fraction(1, 15_360)])


def doubtful(pts: list[int]) -> Timeline:
    """In milliseconds, of a file whose last duration only ffmpeg could tell."""
    packets = [Packet(time, time - 1, 0, None, keyframe=n == 0, discarded=False) for n, time in enumerate(pts)]
    timeline = timeline_of(packets, time_base=Fraction(1, 1000), file_start=0, durations="doubtful")
    assert timeline is not None
    return timeline


@pytest.mark.parametrize(
    ("fps", "end", "needed"),
    [
        ("1", None, False),  # until 2.04 or, at the latest, 2.25 s: two frames either way
        ("4", None, True),
        ("30", None, True),
        ("30", "1.9", False),  # the last frame is not in the range
        ("30", "99", True),
    ],
)
def test_who_alone_knows_an_end_is_asked_only_where_it_changes_something(
    fps: str, end: str | None, *, needed: bool
) -> None:
    timeline = doubtful([0, 40, 1900, 1960, 2000])
    timeline = replace(timeline, latest_end=2250)
    request = ExtractionRequest("ffmpeg_fps", Fraction(fps), end_s=None if end is None else Fraction(end))

    assert needs_told_end(timeline, request) is needed


def test_an_end_that_is_told_is_asked_of_nobody(constant: MakeTimeline) -> None:
    assert not needs_told_end(constant(30), ExtractionRequest("ffmpeg_fps", Fraction(30)))


@pytest.mark.parametrize(("last", "latest_end"), [(0, 100 + 4 * 60), (70, 100 + 4 * 70), (1, 340)])
def test_an_end_that_nobody_told_comes_at_the_latest_after_four_times_the_longest_duration(
    last: int, latest_end: int
) -> None:
    packets = [Packet(time, time - 1, last, None, keyframe=True, discarded=False) for time in (0, 40, 100)]

    timeline = timeline_of(packets, time_base=Fraction(1, 100), file_start=0, durations="doubtful")

    assert timeline is not None
    assert timeline.latest_end == latest_end


def test_a_duration_of_a_quarter_of_a_second_is_always_possible() -> None:
    assert doubtful([0, 40, 80]).latest_end == 80 + 250


@given(increasing, time_bases, rates, st.fractions(0, 10, max_denominator=1000), st.integers(-10_000, 10_000))
def test_every_instant_shows_the_last_frame_at_or_before_it(
    gaps: list[int], time_base: Fraction, fps: Fraction, start: Fraction, first: int
) -> None:
    pts = [first + time for time in gaps]
    timeline = shown(pts, time_base, duration=7)

    frames = select_frames(timeline, ExtractionRequest("fps", fps, start), LIMIT * 100).frames

    times = [(time - first) * time_base for time in pts]
    assert list(frames) == [bisect_right(times, start + k / fps) - 1 for k in range(len(frames))]
    stop = timeline.duration_s
    assert len(frames) == 1 or start + (len(frames) - 1) / fps < stop
    assert start + len(frames) / fps >= stop


@given(increasing, time_bases, rates, st.sampled_from(["fps", "ffmpeg_fps"]), st.integers(0, 10_000))
def test_frames_never_go_back_and_there_is_always_one(
    pts: list[int], time_base: Fraction, fps: Fraction, rule: Rule, file_start: int
) -> None:
    timeline = shown([time + file_start for time in pts], time_base, duration=5, file_start=file_start)

    frames = select_frames(timeline, ExtractionRequest(rule, fps), LIMIT * 100).frames

    assert frames
    assert list(frames) == sorted(frames)
    assert 0 <= frames[0] <= frames[-1] < len(pts)


@given(increasing, time_bases, rates)
def test_ffmpegs_outputs_each_show_the_last_frame_that_rounds_to_them_or_less(
    pts: list[int], time_base: Fraction, fps: Fraction
) -> None:
    timeline = shown(pts, time_base, duration=5)

    selection = select_frames(timeline, ExtractionRequest("ffmpeg_fps", fps), LIMIT * 100)

    if selection.warnings:
        return
    for n, frame in enumerate(selection.frames):
        half_past = (n + Fraction(1, 2)) / fps
        assert pts[frame] * time_base < half_past
        assert frame + 1 == len(pts) or pts[frame + 1] * time_base >= half_past
