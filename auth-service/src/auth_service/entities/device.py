"""What a session is used with, as far as it says so."""

import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address

MAX_USER_AGENT_CHARACTERS = 256


@dataclass(frozen=True)
class Device:
    """Both may be empty: unknown."""

    user_agent: str = ""
    """As it names itself (RFC 9110, section 10.1.5), one line."""
    address: str = ""
    """An IP address."""

    def seen_again(self, seen: "Device") -> "Device":
        """What it says now; what it does not say is what it said before."""
        return Device(seen.user_agent or self.user_agent, seen.address or self.address)


def read_device(user_agent: str, address: str) -> Device:
    """Whatever a client sent: shortened, without control characters; an address that is none is unknown."""
    return Device(_one_line(user_agent)[:MAX_USER_AGENT_CHARACTERS].rstrip(), _address(address))


def _one_line(text: str) -> str:
    # more than will be kept need not be looked at
    start = text[: 4 * MAX_USER_AGENT_CHARACTERS]
    shown = (" " if unicodedata.category(each)[0] in "CZ" else each for each in start)
    return " ".join("".join(shown).split())


def _address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
