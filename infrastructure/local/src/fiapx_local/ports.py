"""Which port each part of a stack listens on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from fiapx_local.errors import StackError

_HIGHEST_BASE = 65535 - 40


class PortNotUsable(StackError):
    """A port in the environment is not a number between 1 and 65535."""


@dataclass(frozen=True)
class Ports:
    """The ports a person meets; all others follow the store's."""

    gateway: int
    mail_page: int
    store: int

    @classmethod
    def standard(cls) -> "Ports":
        return cls(gateway=8080, mail_page=8025, store=18000)

    @classmethod
    def from_base(cls, base: int) -> "Ports":
        return cls(gateway=base, mail_page=base + 1, store=base + 2)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Ports":
        """Read FIAPX_PORT_BASE and FIAPX_GATEWAY_PORT (which wins)."""
        base = environment.get("FIAPX_PORT_BASE", "")
        ports = cls.from_base(_number("FIAPX_PORT_BASE", base, _HIGHEST_BASE)) if base else cls.standard()
        gateway = environment.get("FIAPX_GATEWAY_PORT", "")
        return replace(ports, gateway=_number("FIAPX_GATEWAY_PORT", gateway, 65535)) if gateway else ports

    @property
    def inner(self) -> "InnerPorts":
        return InnerPorts(*range(self.store + 1, self.store + 1 + len(fields(InnerPorts))))

    def health(self, process: str) -> int:
        """Where a service's process answers probes; a gateway does so where it answers everybody."""
        match process:
            case "gateway":
                return self.gateway
            case "gateway-2":
                return self.inner.gateway_2
            case _:
                return self._inner(f"{process}_ops")

    def grpc(self, process: str) -> int:
        """Where a service's process answers gRPC."""
        return self._inner(f"{process}_grpc")

    def _inner(self, name: str) -> int:
        port: int = getattr(self.inner, name.replace("-", "_"))
        return port

    def named(self) -> dict[str, int]:
        """Every port by the name of what listens there."""
        inner = {field.name: getattr(self.inner, field.name) for field in fields(InnerPorts)}
        shown = {"gateway": self.gateway, "mail_page": self.mail_page, "store": self.store}
        return shown | inner


@dataclass(frozen=True)
class InnerPorts:
    """The ports only parts of the platform use, in the order of their numbers."""

    postgres: int
    redis: int
    rabbitmq: int
    rabbitmq_distribution: int
    epmd: int
    rabbitmq_management: int
    smtp: int
    store_metrics: int
    rabbitmq_metrics: int
    auth_grpc: int
    auth_ops: int
    upload_grpc: int
    upload_ops: int
    planner_grpc: int
    planner_ops: int
    worker_1_grpc: int
    worker_1_ops: int
    worker_2_grpc: int
    worker_2_ops: int
    notification_grpc: int
    notification_ops: int
    auth_2_grpc: int
    auth_2_ops: int
    upload_2_grpc: int
    upload_2_ops: int
    planner_2_grpc: int
    planner_2_ops: int
    notification_2_grpc: int
    notification_2_ops: int
    gateway_2: int


def _number(variable: str, text: str, highest: int) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= highest:
        raise PortNotUsable(f"{variable}={text} is not a port: give a number from 1 to {highest}")
    return int(text)
