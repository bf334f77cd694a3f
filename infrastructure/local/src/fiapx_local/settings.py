"""What one stack is told: where its files are, where it listens, how careful it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from fiapx_local.credentials import Credentials
from fiapx_local.errors import StackError
from fiapx_local.layout import Layout
from fiapx_local.ports import Ports

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (recognised, not bound)

_SECOND_PAGE_AFTER = 39

SERVICES_WITH_DATABASE = ("auth", "upload", "processing", "notification")
_REPLICAS = {"": 1, "1": 1, "2": 2}


class ReplicasNotUsable(StackError):
    """FIAPX_REPLICAS is neither 1 nor 2."""


@dataclass(frozen=True)
class StackSettings:
    """Everything that tells one stack from another."""

    layout: Layout
    ports: Ports
    bind: str = "127.0.0.1"
    """The address every server listens on."""
    durable: bool = True
    """Whether data must survive the machine's loss of power; tests need not wait for that."""
    replicas: int = 1
    """Processes of each service, 1 or 2; there are two workers always."""
    otlp_endpoint: str | None = None
    """http://host:port of an OpenTelemetry collector that takes the services' traces by gRPC."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "StackSettings":
        return cls(
            layout=Layout.from_environment(environment),
            ports=Ports.from_environment(environment),
            bind=environment.get("FIAPX_BIND") or "127.0.0.1",
            replicas=_replicas(environment.get("FIAPX_REPLICAS", "")),
            otlp_endpoint=environment.get("FIAPX_OTLP_ENDPOINT") or None,
        )

    @property
    def host(self) -> str:
        """The address clients on this machine use."""
        return _ANY_ADDRESS.get(self.bind, self.bind)

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.layout.secrets)

    @property
    def public_url(self) -> str:
        """Where a browser on this machine finds the SPA and the API."""
        return f"http://{self.host}:{self.ports.gateway}"

    @property
    def second_page_url(self) -> str:
        """Where a copy of the SPA may be served from to try it at another origin than the API's."""
        return f"http://{self.host}:{self.ports.gateway + _SECOND_PAGE_AFTER}"

    @property
    def gateway_urls(self) -> list[str]:
        """Every gateway's address, the public one first."""
        ports = [self.ports.gateway, self.ports.inner.gateway_2]
        return [f"http://{self.host}:{port}" for port in ports[: self.replicas]]

    @property
    def mail_page_url(self) -> str:
        return f"http://{self.host}:{self.ports.mail_page}"


def _replicas(text: str) -> int:
    if text not in _REPLICAS:
        raise ReplicasNotUsable(f"FIAPX_REPLICAS={text} is not a number of replicas: give 1 or 2")
    return _REPLICAS[text]
