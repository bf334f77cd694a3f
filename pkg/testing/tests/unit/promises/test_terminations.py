from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fiapx_testing.figures import Figure
from fiapx_testing.promises.probing import Answer
from fiapx_testing.promises.segments import SegmentRow
from fiapx_testing.promises.terminations import Departure, failed, left, taken_late

TOLD_AT = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
WELL = Departure(gone_after_s=2.5, taken_late=0, charged=0, completed=True)
ANSWERS = [Answer("list", 0.1, 200), Answer("upload", 0.4, 201)]


def taken(after_s: float, *, pid: int = 4711, number: int = 0) -> SegmentRow:
    return SegmentRow(number, "running", 1, f"host-{pid}-0a1b2c3d", TOLD_AT + timedelta(seconds=after_s), 0)


def test_each_answer_but_success_has_failed_even_one_that_says_when_to_come_again() -> None:
    wrong = [Answer("login", 0.1, 503, "unavailable", retry_after=True), Answer("list", 9.0, 0, "ReadError")]

    figure = failed([*ANSWERS, *wrong], ["auth", "gateway"])

    assert (figure.name, figure.value, figure.holds) == ("failed of 4 requests", 2, False)
    assert figure.of == "SIGTERM to auth, gateway: 1 x login 503 unavailable, 1 x list ReadError"


def test_where_all_succeed_none_has_failed() -> None:
    assert failed(ANSWERS, ["auth"]) == Figure("failed of 2 requests", "SIGTERM to auth", 0, "", 0)


def test_a_departure_as_promised_misses_nothing() -> None:
    assert all(figure.holds for figure in left(WELL))


def test_a_worker_that_misbehaves_misses_everything() -> None:
    bad = Departure(gone_after_s=61.0, taken_late=1, charged=2, completed=False)

    assert [(figure.value, figure.holds) for figure in left(bad)] == [(1, False), (61.0, False), (2, False), (0, False)]


def test_what_a_worker_begins_within_a_second_is_not_late() -> None:
    assert taken_late([taken(-5), taken(0.9)], 4711, TOLD_AT.timestamp()) == 0


def test_what_it_begins_later_counts_once_however_often_it_was_seen() -> None:
    assert taken_late([taken(1.1), taken(1.1), taken(1.2, number=1)], 4711, TOLD_AT.timestamp()) == 2


def test_what_others_begin_does_not_count() -> None:
    nobody = replace(taken(3), lease_holder=None)

    assert taken_late([taken(3, pid=815), nobody], 4711, TOLD_AT.timestamp()) == 0
