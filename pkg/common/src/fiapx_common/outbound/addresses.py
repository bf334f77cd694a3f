"""Which IP addresses are out in the public internet (IANA's special-purpose registries, RFC 6890)."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

_NAT64: Final = IPv6Network("64:ff9b::/96")
"""The IPv4 address is in the last 32 bits (RFC 6052)."""
_GIVEN_OUT: Final = IPv6Network("2000::/3")
"""All global unicast addresses there are (RFC 4291); what lies outside is for some special use, or for none yet."""
_SPECIAL_IPV4: Final = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, of which some of Python's versions know a part
    IPv4Network("192.88.99.0/24"),  # once relays of 6to4 (RFC 7526)
)
_SPECIAL_IPV6: Final = (
    IPv6Network("2001::/23"),  # Teredo among others: may stand for any IPv4 address
    IPv6Network("3fff::/20"),  # documentation (RFC 9637), newer than some of Python's versions
)


def is_public(address: str) -> bool:
    """Whether a numeric address, IPv4 or IPv6, is one of the public internet.

    An IPv6 address that stands for an IPv4 address (mapped, NAT64, 6to4) is as public as that one. What is no address
    is not public.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public(parsed)
    inner = _inner(parsed)
    if inner is not None:
        return _is_public(inner)
    return parsed.is_global and parsed in _GIVEN_OUT and not any(parsed in network for network in _SPECIAL_IPV6)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that it stands for."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _is_public(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or any(address in network for network in _SPECIAL_IPV4)
    return address.is_global and not special
