"""When a message is tried again, and what an answer means."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from dirty_equals import IsApprox
from notification_service.entities.deliveries import SCHEDULE_S, Verdict, read_answer, rest_s, wait_s


def test_ten_tries_are_made_within_some_three_days() -> None:
    waits = [wait_s(retry, None, 0.0) for retry in range(1, 11)]
    assert waits == [*SCHEDULE_S, None]
    assert sum(SCHEDULE_S) == IsApprox(3.15 * 86_400, delta=3_600)


@pytest.mark.parametrize(("chance", "expected_s"), [(0.0, 300), (0.5, 330), (1.0, 360)])
def test_waits_are_up_to_a_fifth_longer(chance: float, expected_s: float) -> None:
    assert wait_s(2, None, chance) == expected_s


@pytest.mark.parametrize(
    ("asked_s", "expected_s"), [(None, 5), (0.0, 5), (4.0, 5), (90.0, 90), (86_400.0, 86_400), (1e9, 86_400)]
)
def test_a_receiver_may_ask_for_more_time_up_to_a_day(asked_s: float | None, expected_s: float) -> None:
    assert wait_s(1, asked_s, 0.0) == expected_s


def test_a_receiver_cannot_ask_for_more_tries() -> None:
    assert wait_s(10, 60.0, 0.0) is None


@pytest.mark.parametrize(("waits_s", "expected_s"), [(5.0, 5), (300.0, 60), (None, 60)])
def test_an_endpoint_that_failed_rests_for_a_minute_at_most(waits_s: float | None, expected_s: float) -> None:
    assert rest_s(waits_s) == expected_s


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.TAKEN),
        (204, Verdict.TAKEN),
        (299, Verdict.TAKEN),
        (301, Verdict.LATER),
        (307, Verdict.LATER),
        (400, Verdict.LATER),
        (404, Verdict.LATER),
        (410, Verdict.GONE),
        (429, Verdict.LATER),
        (500, Verdict.LATER),
    ],
)
def test_only_2xx_is_a_success_and_only_410_is_final(status: int, verdict: Verdict) -> None:
    assert read_answer(status, {}, b"", 0.1).verdict is verdict


@pytest.mark.parametrize(
    ("status", "header", "expected_s"),
    [
        (429, "120", 120.0),
        (503, "7", 7.0),
        (503, "99999999999999999999", 86_400.0),
        (500, "120", None),
        (429, "soon", None),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "²", None),
        (429, "", None),
    ],
)
def test_retry_after_is_heeded_of_receivers_that_are_busy(status: int, header: str, expected_s: float | None) -> None:
    assert read_answer(status, {"retry-after": header}, b"", 0.1).retry_after_s == expected_s


def test_retry_after_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert read_answer(503, {"retry-after": later}, b"", 0.1).retry_after_s == IsApprox(100, delta=5)
    assert read_answer(503, {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, b"", 0.1).retry_after_s == 0.0


def test_of_an_answer_the_first_kilobyte_is_kept_as_text_that_a_database_takes() -> None:
    answer = read_answer(500, {}, b"\xff\0" + b"x" * 4000, 0.1)
    assert answer.text == "\N{REPLACEMENT CHARACTER}" * 2 + "x" * 1022
