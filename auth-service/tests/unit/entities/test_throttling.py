"""Who counts as one."""

import pytest
from auth_service.entities.throttling import Count, Limit, counter_key, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("127.0.0.1, 10.0.0.1", "unknown"),
        ("x" * 10_000, "unknown"),
    ],
)
def test_an_address_stands_for_a_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_counter_tells_nothing_of_what_it_counts() -> None:
    assert "203" not in counter_key("login", "ana@example.com", "203.0.113.7")


def test_parts_of_a_counters_key_cannot_be_shifted() -> None:
    assert counter_key("login", "ab", "c") != counter_key("login", "a", "bc")


@pytest.mark.parametrize(("count", "reached", "passed"), [(9, False, False), (10, True, False), (11, True, True)])
def test_a_limit_is_reached_before_it_is_passed(count: int, reached: bool, passed: bool) -> None:
    limit, found = Limit("key", 10, 900), Count(count, 1)
    assert (limit.is_reached(found), limit.is_passed(found)) == (reached, passed)
