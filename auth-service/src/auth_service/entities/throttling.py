"""How often is too often, and who counts as one."""

import hashlib
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address

_HOME_PREFIX = 64
"""Bits that name one customer's network in IPv6: the rest is chosen freely by whoever sits there."""


@dataclass(frozen=True)
class Count:
    """How often something happened in a window of time that ends in `resets_in_s`."""

    count: int
    resets_in_s: float


@dataclass(frozen=True)
class Limit:
    """At most `count` in `window_s`, told apart by `key`."""

    key: str
    count: int
    window_s: int

    def is_reached(self, found: Count) -> bool:
        return found.count >= self.count

    def is_passed(self, found: Count) -> bool:
        return found.count > self.count


def network_of(address: str) -> str:
    """Whom an address stands for: itself in IPv4, its /64 in IPv6. All that is no address is one."""
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), _HOME_PREFIX), strict=False).network_address) + f"/{_HOME_PREFIX}"


def counter_key(kind: str, *parts: str) -> str:
    """A short name for what is counted, in which no address can be read."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{kind}:{digest}"
