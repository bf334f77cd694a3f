"""Whose address counts."""

from ipaddress import ip_network

import pytest
from api_gateway.entities.addresses import client_address, is_over_tls, rate_key

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


def test_without_trusted_proxies_the_header_is_never_believed() -> None:
    assert client_address("203.0.113.9", "198.51.100.1", []) == "203.0.113.9"


def test_an_untrusted_peer_cannot_name_another() -> None:
    assert client_address("203.0.113.9", "198.51.100.1", PROXIES) == "203.0.113.9"


def test_behind_a_trusted_proxy_its_client_counts() -> None:
    assert client_address("10.0.0.1", "198.51.100.1", PROXIES) == "198.51.100.1"


def test_what_a_client_wrote_before_a_trusted_proxy_appended_is_not_believed() -> None:
    assert client_address("10.0.0.1", "192.0.2.1, 198.51.100.1, 10.0.0.2", PROXIES) == "198.51.100.1"


def test_a_hop_that_is_no_address_ends_the_belief() -> None:
    assert client_address("10.0.0.1", "198.51.100.1, unknown", PROXIES) == "10.0.0.1"


def test_a_trusted_proxy_without_the_header_counts_itself() -> None:
    assert client_address("10.0.0.1", "", PROXIES) == "10.0.0.1"


def test_only_trusted_hops_give_the_farthest_of_them() -> None:
    assert client_address("10.0.0.1", "10.0.0.3, 10.0.0.2", PROXIES) == "10.0.0.3"


@pytest.mark.parametrize(
    ("address", "key"),
    [("198.51.100.1", "198.51.100.1"), ("2001:db8::1", "2001:db8::/64"), ("2001:db8::ffff:1", "2001:db8::/64")],
)
def test_an_ipv6_subscriber_counts_as_one(address: str, key: str) -> None:
    assert rate_key(address) == key


def test_a_peer_without_an_address_is_counted_as_it_is() -> None:
    assert rate_key("") == ""


@pytest.mark.parametrize(
    ("scheme", "told", "peer", "encrypted"),
    [
        ("https", "", "198.51.100.1", True),
        ("http", "https", "10.0.0.1", True),
        ("http", "https, http", "10.0.0.1", False),
        ("http", "", "10.0.0.1", False),
        ("http", "https", "198.51.100.1", False),
        ("https", "http", "198.51.100.1", True),
    ],
    ids=["itself", "proxy", "nearest proxy", "silent proxy", "stranger", "stranger's denial"],
)
def test_only_our_proxies_are_believed_that_a_browser_speaks_tls(
    scheme: str, told: str, peer: str, *, encrypted: bool
) -> None:
    assert is_over_tls(scheme, told, peer, PROXIES) is encrypted
