"""Which key signs, when a new one is made, when an old one goes."""

from datetime import UTC, datetime, timedelta

import pytest
from auth_service.entities.signing_key import KeyRing, KeyTimes, SigningKey

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TIMES = KeyTimes(rotation=30 * DAY, lead=15 * MINUTE, afterlife=17 * MINUTE)


def ring(*ages: timedelta) -> KeyRing:
    """Keys named by how long ago they began to sign (negative: will begin)."""
    return KeyRing([SigningKey(str(age), "pem", {}, NOW - age) for age in ages], TIMES)


def test_without_a_key_nothing_is_signed() -> None:
    assert ring().signer(NOW) is None


def test_the_first_key_signs_at_once() -> None:
    assert ring().next_begins(NOW) == NOW


def test_the_youngest_key_that_has_begun_signs() -> None:
    signer = ring(40 * DAY, 10 * DAY, -MINUTE).signer(NOW)
    assert signer is not None
    assert signer.kid == str(10 * DAY)


def test_no_key_is_made_while_one_is_young() -> None:
    assert ring(29 * DAY).next_begins(NOW) is None


def test_the_next_key_is_published_before_it_signs() -> None:
    assert ring(30 * DAY - 15 * MINUTE).next_begins(NOW) == NOW + 15 * MINUTE


def test_a_service_that_was_off_for_long_still_publishes_first() -> None:
    assert ring(300 * DAY).next_begins(NOW) == NOW + 15 * MINUTE


def test_no_second_key_is_made_while_the_next_one_waits() -> None:
    assert ring(30 * DAY, -10 * MINUTE).next_begins(NOW) is None


@pytest.mark.parametrize(("successor_age", "gone"), [(16 * MINUTE, False), (17 * MINUTE, True)])
def test_a_key_goes_when_its_last_token_has_expired(successor_age: timedelta, gone: bool) -> None:
    outlived = ring(31 * DAY, successor_age).outlived(NOW)
    assert [key.kid for key in outlived] == ([str(31 * DAY)] if gone else [])


def test_the_key_that_signs_never_goes() -> None:
    assert ring(400 * DAY).outlived(NOW) == []
