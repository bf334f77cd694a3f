"""Networks between programs and servers that are slow, break off, or carry nothing."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fiapx_local.service_settings import services

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.faults.signals import MAIL
from fiapx_testing.chaos.network import SERVERS, Network
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.platforms import Platform
from fiapx_testing.proxies import TcpProxy

Toxic = Callable[[TcpProxy], None]
"""What is done to each connection."""

_DELAY_S: Final = 0.25
_SLOW_S: Final = 2.5
_RESETS_EVERY_S: Final = 0.5

SLOW: Final[Toxic] = partial(TcpProxy.delay, seconds=_DELAY_S)
"""Every piece of data takes a quarter of a second longer, in each direction."""
VERY_SLOW: Final[Toxic] = partial(TcpProxy.delay, seconds=_SLOW_S)
"""Each line of a dialogue takes 5 s longer."""
REFUSING: Final[Toxic] = TcpProxy.cut
"""Every connection is reset, new ones too."""
SILENT: Final[Toxic] = TcpProxy.blackhole
"""Nothing passes, nothing is said."""
DEAF: Final[Toxic] = TcpProxy.withhold
"""What programs say passes, what they are answered does not: done, and not known to be done."""


@dataclass(frozen=True)
class Server:
    """All programs' ways to one server."""

    platform: Platform
    network: Network
    toxic: Toxic
    servers: Collection[str] = SERVERS

    def targets(self) -> Sequence[str]:
        return [*self.servers]

    def strike(self, strike: Strike) -> Healed:
        with self.network.struck(self.toxic, server=strike.target):
            time.sleep(strike.lasts_s)
        return self.platform.is_whole


@dataclass(frozen=True)
class Resets:
    """All connections to one server are reset, again and again; new ones work."""

    platform: Platform
    network: Network

    def targets(self) -> Sequence[str]:
        return [*SERVERS]

    def strike(self, strike: Strike) -> Healed:
        until = time.monotonic() + strike.lasts_s
        while time.monotonic() < until:
            with self.network.struck(TcpProxy.reset, server=strike.target):
                time.sleep(_RESETS_EVERY_S)
        return self.platform.is_whole


@dataclass(frozen=True)
class Partitioned:
    """One process of a service reaches no server; some for longer than their leases last."""

    platform: Platform
    network: Network

    def targets(self) -> Sequence[str]:
        return [service.name for service in services(self.platform.stack.settings)]

    def strike(self, strike: Strike) -> Healed:
        with self.network.struck(SILENT, program=strike.target):
            time.sleep(strike.lasts_s)
        return partial(self.platform.is_ready, strike.target)


def slow_mail(platform: Platform, network: Network) -> Server:
    """An SMTP server that takes half a minute for a mail."""
    return Server(platform, network, VERY_SLOW, [MAIL])
