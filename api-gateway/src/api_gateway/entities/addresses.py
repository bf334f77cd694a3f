"""Whose address a request counts for."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
_IPV6_SUBSCRIBER_BITS = 64


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """The nearest address that no trusted proxy of ours owns.

    Args:
        peer: the connection's other end.
        forwarded_for: `X-Forwarded-For`; each proxy appends whom it saw, so only its right end is to be believed.
        trusted: our proxies' networks; none means that the header is never believed.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    address = peer
    while _is_trusted(address, trusted) and hops:
        if _parsed(hops[-1]) is None:
            break
        address = hops.pop()
    return address


def is_over_tls(scheme: str, forwarded_proto: str, peer: str, trusted: Sequence[Network]) -> bool:
    """Whether the browser's own connection is encrypted.

    Args:
        scheme: of the connection that reached us.
        forwarded_proto: `X-Forwarded-Proto`; believed only of our proxies, of several the nearest one's word.
        peer: the connection's other end.
        trusted: our proxies' networks.
    """
    told = forwarded_proto.rpartition(",")[2].strip().lower()
    return (told if told and _is_trusted(peer, trusted) else scheme) == "https"


def rate_key(address: str) -> str:
    """What is counted: an IPv4 address, or the /64 that a single IPv6 subscriber has whole."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, _IPV6_SUBSCRIBER_BITS), strict=False))
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
