"""A proxy on each way from a program of the platform to a server that it uses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fiapx_local.servers import INFRASTRUCTURE, ObjectStore, Postgres, RabbitMQ, Redis
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings

from fiapx_testing.proxies import OpenProxy, TcpProxy, tcp_proxies

SERVERS: Final = INFRASTRUCTURE
_SMTP_PORT: Final = "NOTIFICATION_SMTP__PORT"


@dataclass(frozen=True)
class Network:
    """All ways; they carry everything until they are struck."""

    _portal: BlockingPortal
    """To the loop in which the proxies live."""
    _open: OpenProxy
    _ways: dict[tuple[str, str, str], TcpProxy] = field(default_factory=dict)
    """By program, server and its address."""
    _opening: Lock = field(default_factory=Lock)

    def between(self, service: Service) -> Service:
        """The same process, whose servers are behind proxies of its own."""
        return replace(service, variables=lambda: self._rerouted(service))

    @contextmanager
    def struck(self, toxic: Callable[[TcpProxy], None], *, program: str = "", server: str = "") -> Iterator[None]:
        """Does this to the connections of a program, or to those to a server, until the block's end."""
        ways = [way for names, way in self._ways.items() if program == names[0] or server == names[1]]
        assert ways, f"{program or server} uses no network"
        try:
            for way in ways:
                self._portal.call(toxic, way)
            yield
        finally:
            for way in ways:
                self._portal.call(way.forward)

    def _rerouted(self, service: Service) -> dict[str, str]:
        variables = dict(service.variables())
        for server, address in _addresses(service.settings).items():
            using = [name for name, value in variables.items() if address in value]
            for name in using:
                variables[name] = variables[name].replace(address, self._way(service.name, server, address).address)
        if _SMTP_PORT in variables:
            mail = f"{service.settings.host}:{service.settings.ports.inner.smtp}"
            variables[_SMTP_PORT] = str(self._way(service.name, "mail", mail).port)
        return variables

    def _way(self, program: str, server: str, address: str) -> TcpProxy:
        where = urlsplit(f"//{address}")
        assert where.hostname is not None
        assert where.port is not None
        with self._opening:
            if (program, server, address) not in self._ways:
                opened = self._portal.call(self._open, where.hostname, where.port)
                self._ways[program, server, address] = opened
            return self._ways[program, server, address]


@contextmanager
def network() -> Iterator[Network]:
    """Its proxies end with the block."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(tcp_proxies()) as open_proxy:
        yield Network(portal, open_proxy)


def _addresses(settings: StackSettings) -> dict[str, str]:
    """Those that stand in the services' variables as host and port."""
    servers = (Postgres(settings), Redis(settings), RabbitMQ(settings), ObjectStore(settings))
    return {server.name: server.address for server in servers}
