from collections.abc import Callable
from dataclasses import replace

import pytest
from fiapx_engine.spans import Sizes, Span, WorkRate, begun, cut, decode_spans, joined
from fiapx_engine.timeline import Timeline
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]
ONE_NS_A_PACKET = WorkRate(decode_ns_per_pixel=1, encode_ns_per_pixel=0, packet_ns=0, frame_ns=0, restart_ns=10)


def test_frames_of_one_group_of_pictures_are_one_span(constant: MakeTimeline) -> None:
    spans = decode_spans(constant(180, gop=60), [10, 50, 60, 179])

    assert spans == [Span(0, 50, [10, 50]), Span(60, 60, [60]), Span(120, 179, [179])]


def test_a_stream_that_cannot_be_entered_is_one_span_from_its_beginning(constant: MakeTimeline) -> None:
    timeline = replace(constant(180, gop=60), seekable=False)

    assert decode_spans(timeline, [70, 179]) == [Span(0, 179, [70, 179])]


def test_a_small_gap_is_decoded_rather_than_jumped() -> None:
    near = Span(0, 9, [9])

    assert joined([near, Span(15, 20, [20])], 1, ONE_NS_A_PACKET) == [Span(0, 20, [9, 20])]
    assert joined([near, Span(30, 35, [35])], 1, ONE_NS_A_PACKET) == [near, Span(30, 35, [35])]


def test_segments_are_cut_where_their_work_is_reached() -> None:
    spans = [Span(at, at + 9, [at]) for at in range(0, 60, 10)]

    assert [len(group) for group in cut(spans, 1, ONE_NS_A_PACKET, Sizes(25, 100))] == [2, 2, 2]


def test_a_long_group_of_pictures_is_one_segment_whatever_it_costs() -> None:
    assert cut([Span(0, 999, [1, 999])], 1, ONE_NS_A_PACKET, Sizes(25, 100)) == [[Span(0, 999, [1, 999])]]


def test_a_span_of_too_many_frames_is_divided() -> None:
    groups = cut([Span(0, 9, list(range(10)))], 1, ONE_NS_A_PACKET, Sizes(1000, 4))

    assert [span.frames for group in groups for span in group] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_the_first_segments_are_small_and_grow() -> None:
    spans = [Span(at, at + 9, [at]) for at in range(0, 1000, 10)]

    assert [len(group) for group in cut(spans, 1, ONE_NS_A_PACKET, Sizes(300, 100, first_ns=10))] == [1, 16, 30, 30, 23]


def test_little_work_is_done_in_one_go() -> None:
    sizes = Sizes(300, 100, first_ns=10)

    assert sizes.for_work(60).work_ns(0) == 300
    assert sizes.for_work(61).work_ns(0) == 10


def test_the_first_span_is_divided_where_the_first_work_is_reached(constant: MakeTimeline) -> None:
    spans = decode_spans(constant(120, gop=60), [0, 10, 20, 50, 60])

    assert begun(constant(120, gop=60), spans, 1, ONE_NS_A_PACKET, 25) == [
        Span(0, 20, [0, 10, 20]),
        Span(0, 50, [50]),
        Span(60, 60, [60]),
    ]


@pytest.mark.parametrize("first_ns", [20, 51])
def test_a_first_span_is_left_whole_where_one_frame_costs_too_much_or_all_cost_little(
    constant: MakeTimeline, first_ns: int
) -> None:
    spans = decode_spans(constant(60, gop=60), [30, 50])

    assert begun(constant(60, gop=60), spans, 1, ONE_NS_A_PACKET, first_ns) == spans


@given(
    st.sets(st.integers(0, 299), min_size=1).map(sorted),
    st.integers(1, 100),
    st.integers(1, 400),
    st.integers(1, 50),
)
def test_segments_partition_the_frames_for_any_size(
    constant: MakeTimeline, frames: list[int], gop: int, segment_ns: int, most_frames: int
) -> None:
    groups = cut(decode_spans(constant(300, gop=gop), frames), 1, ONE_NS_A_PACKET, Sizes(segment_ns, most_frames))

    assert [frame for group in groups for span in group for frame in span.frames] == frames
    assert all(0 < sum(len(span.frames) for span in group) <= most_frames for group in groups)


@given(st.sets(st.integers(0, 299), min_size=1).map(sorted), st.integers(1, 100))
def test_runs_keep_all_frames_in_order(constant: MakeTimeline, frames: list[int], gop: int) -> None:
    runs = joined(decode_spans(constant(300, gop=gop), frames), 1, ONE_NS_A_PACKET)

    assert [frame for run in runs for frame in run.frames] == frames
    assert all(run.first <= frame <= run.last for run in runs for frame in run.frames)
