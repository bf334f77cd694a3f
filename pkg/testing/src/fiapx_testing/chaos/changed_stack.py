"""A local stack whose services are changed before they start."""

from collections.abc import Callable
from dataclasses import dataclass

from fiapx_local.program import Server
from fiapx_local.services import Service
from fiapx_local.stack import Stack


def unchanged(service: Service) -> Service:
    """As it is."""
    return service


@dataclass(frozen=True)
class ChangedStack(Stack):
    """A stack with another form of each service."""

    change: Callable[[Service], Service] = unchanged

    def servers(self) -> list[Server]:
        return [self.change(server) if isinstance(server, Service) else server for server in super().servers()]
