"""Waiting grows."""

from collections.abc import Callable

import pytest
from notification_service.entities.waits import deferral_wait_s, outage_wait_s, unknown_recipient_wait_s


@pytest.mark.parametrize("wait_s", [deferral_wait_s, outage_wait_s, unknown_recipient_wait_s])
def test_waits_grow_and_then_stay(wait_s: Callable[[int], float]) -> None:
    waits = [wait_s(number) for number in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[-1] == waits[-10] > waits[0] > 0


def test_after_an_outage_mails_pass_within_seconds() -> None:
    assert outage_wait_s(1000) <= 5


def test_an_unknown_recipient_is_waited_for_about_a_day() -> None:
    waits = [unknown_recipient_wait_s(attempt) for attempt in range(1, 2000)]
    assert 80_000 <= sum(wait for wait in waits if wait is not None) <= 90_000
    assert waits[-1] is None
