import time
from collections.abc import Callable
from fractions import Fraction

import pytest
from fiapx_engine.timeline import FROM_THE_START, Durations, Packet, Timeline, rescale_near, ticks, timeline_of, varies
from hypothesis import given
from hypothesis import strategies as st

MakeTimeline = Callable[..., Timeline]
MILLISECOND = Fraction(1, 1000)


def packet(pts: int | None, *, dts: int | None = None, key: bool = False, discarded: bool = False) -> Packet:
    return Packet(pts, dts, 10, None, key, discarded)


def timeline(packets: list[Packet], damaged: tuple[int, ...] = ()) -> Timeline:
    made = timeline_of(packets, time_base=MILLISECOND, file_start=0, damaged=damaged)
    assert made is not None
    return made


OPEN_GOP = [
    packet(0, key=True),
    packet(20),
    packet(10),
    packet(50, key=True),  # shown after the two leading pictures that follow it in the file
    packet(30),
    packet(40),
    packet(60),
]


def test_frames_are_ordered_by_their_time_and_remember_their_packet() -> None:
    made = timeline(OPEN_GOP)

    assert list(made.pts) == [0, 10, 20, 30, 40, 50, 60]
    assert list(made.packets) == [0, 2, 1, 4, 5, 3, 6]


def test_a_leading_picture_of_an_open_gop_starts_at_the_keyframe_before() -> None:
    made = timeline(OPEN_GOP)

    assert [made.start_packet(frame) for frame in range(7)] == [0, 0, 0, 0, 0, 3, 3]
    assert [made.is_keyframe(frame) for frame in range(7)] == [True, False, False, False, False, True, False]


def looked_for(made: Timeline) -> list[int]:
    """By looking at every keyframe for every frame."""
    return [
        max(
            (
                number
                for number, keyframe in enumerate(made.keyframes)
                if keyframe.packet <= made.packets[frame] and keyframe.pts <= made.pts[frame]
            ),
            default=FROM_THE_START,
        )
        for frame in range(len(made.pts))
    ]


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=40, unique_by=lambda one: one[0]))
def test_every_frame_starts_at_the_last_keyframe_before_it_in_both_orders(order: list[tuple[int, bool]]) -> None:
    made = timeline([packet(pts, key=key) for pts, key in order])

    assert list(made.starts) == looked_for(made)


def test_keyframes_that_are_all_shown_after_the_frames_that_follow_them_cost_no_look_at_each() -> None:
    keyframes, frames = 2_000, 40_000
    late = [packet(frames + number, key=True) for number in range(keyframes)]
    packets = [*late, *(packet(number) for number in range(frames - keyframes))]

    began_s = time.process_time()
    made = timeline(packets)
    took_s = time.process_time() - began_s

    assert list(made.starts[: frames - keyframes]) == [FROM_THE_START] * (frames - keyframes)
    assert took_s < 1.5


def test_discarded_packets_are_no_frames() -> None:
    made = timeline([packet(-20, key=True, discarded=True), packet(-10, discarded=True), packet(0), packet(10)])

    assert list(made.pts) == [0, 10]
    assert list(made.starts) == [FROM_THE_START, FROM_THE_START]


@pytest.mark.parametrize("times", [[0, None, 20], [0, 10, 10], []])
def test_packets_without_times_of_their_own_tell_no_timeline(times: list[int | None]) -> None:
    assert timeline_of([packet(time) for time in times], time_base=MILLISECOND, file_start=0) is None


def test_a_frame_is_damaged_by_a_broken_packet_since_its_keyframe() -> None:
    made = timeline(OPEN_GOP, damaged=(2,))

    assert [made.is_damaged(frame) for frame in range(7)] == [False, True, False, True, True, False, False]


def test_without_its_head_the_frames_keep_their_packets_and_keyframes() -> None:
    made = timeline(OPEN_GOP).from_frame(5)

    assert list(made.pts) == [50, 60]
    assert made.is_keyframe(0)
    assert made.keyframes[1].frame == 0


@pytest.mark.parametrize(
    ("durations", "last", "end", "told_end"),
    [
        ("told", 25, 165, 165),
        ("told", 0, 240, 145),
        ("reckoned", 25, 240, 165),
        ("reckoned", 0, 240, 145),
        ("doubtful", 25, 240, None),
        ("doubtful", 100, 240, None),  # the gap before it, by chance: the rate varies
    ],
)
def test_of_durations_that_a_demuxer_reckons_only_the_gap_before_the_last_frame_counts(
    durations: Durations, last: int, end: int, told_end: int | None
) -> None:
    packets = [Packet(pts, pts, 20, None, keyframe=True, discarded=False) for pts in (0, 20, 40)]
    packets.append(Packet(140, 60, last, None, keyframe=False, discarded=False))

    made = timeline_of(packets, time_base=Fraction(1), file_start=0, untold_duration=5, durations=durations)

    assert made is not None
    assert (made.end, made.told_end) == (end, told_end)


def test_before_the_first_frame_the_first_is_shown(constant: MakeTimeline) -> None:
    assert constant(10).shown_at(-5) == 0


def test_the_time_to_seek_is_not_before_the_keyframe(constant: MakeTimeline) -> None:
    made = constant(300, step=1, gop=7, time_base=Fraction(1, 30))

    for keyframe in made.keyframes:
        seek_us = made.seek_us(keyframe, "pts")
        assert 0 <= Fraction(seek_us, 1_000_000) - keyframe.pts * made.time_base < Fraction(1, 1_000_000)


def test_seeking_by_decoding_time_falls_back_to_presentation_time() -> None:
    made = timeline([packet(0, key=True), packet(5000, dts=4000, key=True), packet(9000, key=True)])

    assert made.seek_us(made.keyframes[1], "dts") == 4_000_000
    assert made.seek_us(made.keyframes[2], "dts") == 9_000_000


@pytest.mark.parametrize(("value", "expected"), [(1, 1), (-1, -1), (3, 2), (-3, -2), (2, 1), (0, 0)])
def test_halves_round_away_from_zero(value: int, expected: int) -> None:
    assert rescale_near(value, Fraction(1, 2)) == expected


def test_seconds_become_ticks() -> None:
    assert ticks(Fraction("1.4666666"), Fraction(1, 90_000)) == 132_000


def test_rounding_to_a_time_base_is_no_variable_rate() -> None:
    assert not varies([0, 33, 67, 100, 133])
    assert varies([0, 33, 100])


def test_a_frame_that_needs_its_neighbours_is_decoded_from_the_keyframe_of_the_one_before(
    constant: MakeTimeline,
) -> None:
    timeline = constant(30, gop=10).with_neighbours()

    assert [timeline.start_packet(frame) for frame in (0, 9, 10, 11, 20, 29)] == [0, 0, 0, 10, 10, 20]
