import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from fiapx_engine.errors import VideoRefused
from fiapx_engine.frame_plan import Plan, PlanLimits, plan
from fiapx_engine.media import Media, Source
from fiapx_engine.plan_warnings import WarningCode
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Entry, Picture, Segment
from fiapx_engine.spans import WorkRate
from fiapx_engine.timeline import SeekBy, Timeline
from fiapx_models.failures import FailureCode
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]
MEDIA = Media(10.0, 1920, 1080, 30.0, "h264", 0, hdr=False, variable_frame_rate=False)
CHEAP_RESTARTS = WorkRate(restart_ns=0)


def source(timeline: Timeline, seek_by: SeekBy = "pts") -> Source:
    return Source("libav", MEDIA, 0, Picture(1920, 1080, deep=False), timeline, seek_by, None, None)


def made(timeline: Timeline, fps: str, limits: PlanLimits | None = None, **request: object) -> Plan:
    wanted = replace(ExtractionRequest("fps", Fraction(fps)), **request)  # type: ignore[arg-type]  # named per test
    return plan(source(timeline), wanted, limits or PlanLimits(), "libav")


def entries(planned: Plan) -> list[Entry]:
    return [entry for segment in planned.segments for entry in segment.entries]


def test_entries_are_numbered_from_one_with_their_true_time(constant: MakeTimeline) -> None:
    planned = made(constant(90, first=1000), "1")

    assert entries(planned) == [
        Entry(1, "frame_000001_00-00-00.000.png", 1000, 0, 0.0, keyframe=True, packet=0),
        Entry(2, "frame_000002_00-00-01.000.png", 16360, 30, 1.0, keyframe=False, packet=30),
        Entry(3, "frame_000003_00-00-02.000.png", 31720, 60, 2.0, keyframe=True, packet=60),
    ]


def test_instants_that_show_the_same_frame_are_entries_of_one_image(constant: MakeTimeline) -> None:
    (segment,) = made(constant(2, step=15360), "2").segments

    assert [[entry.index for entry in same] for same in segment.runs[0].wanted()] == [[1, 2], [3, 4]]


def test_a_run_starts_at_the_keyframe_before_its_first_frame(constant: MakeTimeline) -> None:
    planned = made(constant(300), "30", start_s=Fraction(5), end_s=Fraction(6))

    (run,) = planned.segments[0].runs
    assert (run.seek_us, run.start_pts, run.start_frame) == (4_000_000, 120 * 512, 120)


def test_the_first_run_reads_from_the_beginning(constant: MakeTimeline) -> None:
    assert made(constant(300), "1").segments[0].runs[0].seek_us is None


def test_a_stream_that_cannot_be_entered_is_one_run_from_its_beginning(constant: MakeTimeline) -> None:
    planned = made(replace(constant(300), seekable=False), "1", PlanLimits(segment_work_s=0))

    (segment,) = planned.segments
    assert [run.seek_us for run in segment.runs] == [None]


@pytest.mark.parametrize("numbered", [False, True])
def test_frames_without_times_of_their_own_are_known_by_number(constant: MakeTimeline, numbered: bool) -> None:
    planned = made(replace(constant(300), seekable=False, numbered=numbered), "1")

    assert planned.segments[0].runs[0].by_number is numbered


def test_a_broken_packet_before_a_wanted_frame_is_told_before_the_work(constant: MakeTimeline) -> None:
    with pytest.raises(VideoRefused) as refused:
        made(constant(300, damaged=(65,)), "30")

    assert refused.value.code is FailureCode.DAMAGED


def test_a_broken_packet_is_no_reason_to_refuse_where_the_rest_shall_be_kept(constant: MakeTimeline) -> None:
    planned = made(constant(300, damaged=(65,)), "30", keep_damaged=True)

    assert planned.entry_count == 300
    assert all(segment.keep_damaged for segment in planned.segments)


def test_a_file_that_was_cut_off_is_refused_or_told(constant: MakeTimeline) -> None:
    cut_off = replace(source(constant(300)), cut_off="1 of 2 bytes")

    with pytest.raises(VideoRefused) as refused:
        plan(cut_off, ExtractionRequest("fps"), PlanLimits(), "libav")
    kept = plan(cut_off, ExtractionRequest("fps", keep_damaged=True), PlanLimits(), "libav")

    assert refused.value.code is FailureCode.DAMAGED
    assert [warned.code for warned in kept.warnings] == [WarningCode.CUT_OFF]


CLOSED = [
    ExtractionRequest("timestamps", timestamps_s=(Fraction(1), Fraction(9))),
    ExtractionRequest("frames", numbers=(3, 299)),
    ExtractionRequest("fps", end_s=Fraction(10)),
    ExtractionRequest("count", count=4, end_s=Fraction(5)),
    ExtractionRequest("fps", max_frames=3),
    ExtractionRequest("keyframes", max_frames=2),
]
OPEN = [
    ExtractionRequest("timestamps", timestamps_s=(Fraction(1), Fraction(10))),
    ExtractionRequest("frames", numbers=(3, 300)),
    ExtractionRequest("fps", end_s=Fraction(11)),
    ExtractionRequest("count", count=4, max_frames=2),
    ExtractionRequest("fps", max_frames=10),
    ExtractionRequest("keyframes"),
]


@pytest.mark.parametrize("request_", CLOSED)
def test_what_is_missing_at_the_end_does_not_matter_to_who_did_not_ask_for_it(
    request_: ExtractionRequest, constant: MakeTimeline
) -> None:
    planned = plan(replace(source(constant(300)), cut_off="it ends too early"), request_, PlanLimits(), "libav")

    assert WarningCode.CUT_OFF in [warned.code for warned in planned.warnings]


@pytest.mark.parametrize("request_", OPEN)
def test_what_is_missing_at_the_end_may_have_been_wanted(request_: ExtractionRequest, constant: MakeTimeline) -> None:
    with pytest.raises(VideoRefused, match="damaged: it ends too early"):
        plan(replace(source(constant(300)), cut_off="it ends too early"), request_, PlanLimits(), "libav")


@pytest.mark.parametrize("request_", CLOSED)
def test_a_file_without_what_its_index_tells_of_is_damaged(request_: ExtractionRequest, constant: MakeTimeline) -> None:
    short = replace(source(constant(300)), cut_off="too short", index_beyond_end=True)

    with pytest.raises(VideoRefused, match="damaged: too short"):
        plan(short, request_, PlanLimits(), "libav")


def test_a_broken_packet_that_no_wanted_frame_needs_does_not_matter(constant: MakeTimeline) -> None:
    damaged = constant(300, damaged=(65,))

    assert made(damaged, "30", end_s=Fraction(2)).entry_count == 60
    assert made(damaged, "30", start_s=Fraction(4)).entry_count == 180


def test_warnings_tell_the_figures_in_both_languages(constant: MakeTimeline) -> None:
    (warned,) = made(constant(300), "1", max_frames=4).warnings

    assert "10 frames" in warned.message["en"]
    assert "10 quadros" in warned.message["pt-BR"]


def test_long_work_is_cut_into_segments_of_about_the_size_asked_for(constant: MakeTimeline) -> None:
    planned = made(constant(18_000, gop=60), "1", PlanLimits(segment_work_s=30))

    assert len(planned.segments) > 3
    assert all(20 < segment.work_s < 40 for segment in planned.segments[:-1])


def test_the_first_segment_is_a_moments_work_even_in_one_long_group_of_pictures(constant: MakeTimeline) -> None:
    planned = made(constant(3_000, gop=3_000), "1", PlanLimits(first_segment_work_s=0.5))

    first, rest = planned.segments
    assert [entry.index for entry in first.entries] == [1, 2]
    assert first.work_s < 1 < rest.work_s
    assert [entry.index for entry in rest.entries] == list(range(3, 101))


def test_segments_grow_from_a_moments_work_to_the_whole_size(constant: MakeTimeline) -> None:
    planned = made(constant(18_000, gop=60), "1", PlanLimits(first_segment_work_s=0.75))

    work_s = [segment.work_s for segment in planned.segments]
    assert work_s[0] < 1 < work_s[1] < 15 < work_s[2]
    assert all(20 < one < 40 for one in work_s[2:-1])


@given(
    st.integers(1, 200),
    st.fractions(Fraction(1, 3), 60, max_denominator=30),
    st.builds(
        PlanLimits,
        segment_work_s=st.integers(0, 4),
        segment_frames=st.integers(1, 40),
        first_segment_work_s=st.sampled_from([0, 0.05, 0.5]),
        work_rate=st.just(CHEAP_RESTARTS),
    ),
)
def test_the_entries_are_the_same_however_they_are_cut(
    constant: MakeTimeline, gop: int, fps: Fraction, limits: PlanLimits
) -> None:
    timeline = constant(200, gop=gop)
    whole = plan(source(timeline), ExtractionRequest("fps", fps), PlanLimits(segment_work_s=10**6), "libav")

    pieces = plan(source(timeline), ExtractionRequest("fps", fps), limits, "libav")

    assert entries(pieces) == entries(whole)
    assert [entry.index for entry in entries(pieces)] == list(range(1, pieces.entry_count + 1))
    for segment in pieces.segments:
        assert all(run.start_pts <= run.entries[0].pts for run in segment.runs)


@given(st.integers(1, 200), st.fractions(Fraction(1, 3), 60, max_denominator=30))
def test_a_segment_survives_json(constant: MakeTimeline, gop: int, fps: Fraction) -> None:
    timeline = constant(100, gop=gop)
    planned = plan(source(timeline), ExtractionRequest("fps", fps), PlanLimits(segment_work_s=1), "libav")

    for segment in planned.segments:
        assert Segment.from_json(json.loads(json.dumps(segment.as_json()))) == segment
