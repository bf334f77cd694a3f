from fractions import Fraction

from fiapx_engine.damage import Damaged, SalvageWatch, merged
from fiapx_engine.decoder_log import SeenFrame
from fiapx_engine.segments import Entry, Run
from hypothesis import given
from hypothesis import strategies as st

TIME_BASE = Fraction(1, 10)
GOP = 10


def run(*frames: int, seek_us: int | None = None, start: int = 0, by_number: bool = False) -> Run:
    entries = tuple(
        Entry(n, f"{n}.png", f, f, f / 10, keyframe=f % GOP == 0, packet=f) for n, f in enumerate(frames, 1)
    )
    return Run(seek_us, start, start, start, by_number, entries)


def salvaged(wanted: Run, seen: list[int], broken: tuple[int, ...] = ()) -> tuple[list[int | None], list[Damaged]]:
    """The frame of each image that comes out (None: not wanted), and the damage, when these frames are decoded."""
    watch = SalvageWatch(wanted, TIME_BASE)
    images: list[int | None] = []
    for pts in seen:
        frame = SeenFrame(pts, keyframe=pts % GOP == 0, intra=False, broken=pts in broken)
        if arrival := watch.see(frame):
            images.append(arrival.entries[0].frame if arrival.entries else None)
    watch.finish()
    return images, watch.damaged


def test_an_intact_run_is_all_there() -> None:
    assert salvaged(run(0, 5, 12), list(range(13))) == ([0, 5, 12], [])


def test_a_broken_frame_is_left_out_and_damages_what_lies_around_up_to_the_next_keyframe() -> None:
    assert salvaged(run(4, 5, 6, 12), list(range(15)), broken=(5,)) == ([4, None, 6, 12], [(0.2, 1.1)])


def test_a_broken_frame_that_nobody_wants_is_told_all_the_same() -> None:
    assert salvaged(run(4, 12), list(range(15)), broken=(6,)) == ([4, 12], [(0.3, 1.1)])


def test_a_wanted_frame_that_does_not_come_is_lost() -> None:
    assert salvaged(run(4, 5, 12), [*range(5), *range(6, 15)]) == ([4, 12], [(0.2, 1.1)])


def test_frames_lost_between_wanted_ones_are_noticed_by_the_numbers() -> None:
    assert salvaged(run(2, 9, 12), [0, 1, 2, 3, *range(6, 15)]) == ([2, 9, 12], [(0.6, 1.1)])


def test_what_does_not_come_any_more_is_lost() -> None:
    assert salvaged(run(2, 8, 9), list(range(6))) == ([2], [(0.3, 0.9)])


def test_a_run_after_a_seek_passes_by_what_comes_before_its_keyframe() -> None:
    assert salvaged(run(12, seek_us=1, start=10), [7, 8, *range(10, 15)], broken=(7,)) == ([12], [])


def test_frames_without_times_of_their_own_are_known_by_number() -> None:
    assert salvaged(run(1, 3, by_number=True), [0, 0, 0, 0, 0]) == ([1, 3], [])


def test_a_time_that_comes_twice_is_no_second_image() -> None:
    assert salvaged(run(1, 3), [0, 1, 1, 2, 3])[0] == [1, None, 3]


def test_stretches_that_touch_become_one() -> None:
    assert merged([(5, 6), (1, 2), (2, 3), (1.5, 1.7)]) == [(1, 3), (5, 6)]


@given(st.sets(st.integers(0, 59), min_size=1), st.sets(st.integers(0, 59)), st.sets(st.integers(0, 59)))
def test_every_wanted_frame_comes_out_whole_or_lies_in_a_damaged_stretch(
    wanted: set[int], lost: set[int], broken: set[int]
) -> None:
    seen = [pts for pts in range(60) if pts not in lost]

    images, damaged = salvaged(run(*sorted(wanted)), seen, tuple(broken))

    whole = [frame for frame in images if frame is not None]
    assert whole == sorted(wanted - lost - broken)
    for frame in wanted - set(whole):
        assert any(start <= frame / 10 <= end for start, end in damaged)
