from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fiapx_testing.promises.segments import SegmentRow
from fiapx_testing.promises.takeover import Takeover, figures, takeover

STRUCK_AT = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
TAKEN_AT = datetime(2026, 11, 30, 12, 0, 1, 500_000, tzinfo=UTC)
HELD = SegmentRow(1, "running", 1, "host-with-dashes-4711-0a1b2c3d", STRUCK_AT, 0)
DONE = [SegmentRow(number, "done", 1, None, STRUCK_AT, 0) for number in range(3)]


def again(number: int) -> SegmentRow:
    return replace(DONE[number], lease_attempt=2, taken_at=TAKEN_AT)


def test_the_process_of_a_holder_is_known_by_its_name() -> None:
    assert (HELD.pid, DONE[0].pid) == (4711, 0)


def test_the_time_is_from_the_strike_until_the_held_segment_was_taken_again() -> None:
    found = takeover(HELD, STRUCK_AT.timestamp(), [DONE[0], again(1), DONE[2]], same=True)

    assert found == Takeover(time_s=1.5, others_repeated=0, same=True)


def test_a_segment_that_its_holder_had_finished_gives_no_time() -> None:
    assert takeover(HELD, STRUCK_AT.timestamp(), DONE, same=True).time_s is None


def test_other_segments_that_were_begun_twice_are_counted() -> None:
    found = takeover(HELD, STRUCK_AT.timestamp(), [again(0), again(1), again(2)], same=True)

    assert found.others_repeated == 2


def test_of_ten_times_the_longest_is_the_95th_percentile() -> None:
    found = [Takeover(time_s, 0, same=True) for time_s in (0.5,) * 9 + (2.5, None)]

    taken, *_ = figures(found, "killed", 0.95, 2)

    assert (taken.value, taken.of, taken.holds) == (2.5, "10 workers killed, the longest 2.5 s", False)


@pytest.mark.parametrize("wrong", [Takeover(None, 1, same=True), Takeover(None, 0, same=False)], ids=["more", "other"])
def test_what_went_wrong_counts_also_where_no_time_does(wrong: Takeover) -> None:
    found = [Takeover(0.5, 0, same=True), wrong]

    assert [figure.holds for figure in figures(found, "killed", 0.95, 2)].count(False) == 1
