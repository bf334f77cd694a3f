"""Addresses that users give us, read strictly and once: what is asked later is made of these parts."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from fiapx_common.outbound.addresses import is_public

_LONGEST: Final = 2000
_LAWFUL: Final = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")
"""RFC 3986. No backslash, space or control character, which readers of addresses understand differently."""
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True)
class TargetRules:
    """What users may name."""

    private: bool = False
    """http too, any port, and addresses that are not public: for tests, and for the machine one develops on."""
    ports: Collection[int] = (443,)
    """Where `private` is off."""


@dataclass(frozen=True)
class Target:
    """Where a request goes."""

    scheme: str
    host: str
    """A name, or an address without brackets."""
    port: int
    path: str
    """With the query."""

    @property
    def authority(self) -> str:
        """For the header `Host`: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def read_target(url: str, rules: TargetRules) -> Target:
    """The parts of an address.

    Raises:
        ValueError: what is wrong, to be put behind a field's name: "must begin with https://".
    """
    if len(url) > _LONGEST:
        raise ValueError(f"must have at most {_LONGEST} characters")
    if not _LAWFUL.fullmatch(url):
        raise ValueError("must be an address of plain ASCII characters, others percent-encoded, the host in punycode")
    schemes = ("https", "http") if rules.private else ("https",)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError("must be an address such as https://example.com/hook") from error
    if parts.scheme not in schemes:
        raise ValueError(f"must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    if "@" in parts.netloc:
        raise ValueError("must not contain a user's name or a password")
    if "#" in url:
        raise ValueError("must not contain a fragment (#…)")
    return _target(parts, _PORTS[parts.scheme] if port is None else port, rules)


def _target(parts: SplitResult, port: int, rules: TargetRules) -> Target:
    host = parts.hostname or ""
    if not _is_host(host):
        raise ValueError("must contain a host, such as https://example.com/hook")
    if not rules.private and port not in rules.ports:
        raise ValueError(f"must use the port {' or '.join(map(str, rules.ports))}")
    if not rules.private and _is_address(host) and not is_public(host):
        raise ValueError("must not be a private, loopback or otherwise special address")
    path = parts.path or "/"
    return Target(parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path)


def _is_host(host: str) -> bool:
    return _NAME.fullmatch(host) is not None or (":" in host and "%" not in host and _is_address(host))


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
