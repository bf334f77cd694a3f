"""RabbitMQ: one virtual host, a user per service, and the name server (epmd) of its own that it needs."""

import base64
import hashlib
import http.client
import json
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.binaries import find
from fiapx_local.credentials import write_private
from fiapx_local.probes import http_status
from fiapx_local.program import Program
from fiapx_local.settings import SERVICES_WITH_DATABASE, StackSettings

VHOST = "fiapx"
ADMIN = "admin"
DISK_FREE_LIMIT = "100MB"
"""With less room on its disk the server takes no messages."""
_SCRIPTS = "usr/lib/rabbitmq/bin"  # those on PATH are wrappers that switch the user


@dataclass(frozen=True)
class RabbitMQ:
    """The stack's RabbitMQ server."""

    settings: StackSettings
    name: str = "rabbitmq"
    description: str = "RabbitMQ"

    @property
    def address(self) -> str:
        return f"{self.settings.host}:{self.settings.ports.inner.rabbitmq}"

    @property
    def management_url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.ports.inner.rabbitmq_management}"

    @property
    def metrics_address(self) -> str:
        """Where Prometheus finds the server's figures, those of single queues at /metrics/detailed."""
        return f"{self.settings.host}:{self.settings.ports.inner.rabbitmq_metrics}"

    def url(self, user: str = ADMIN, vhost: str = VHOST) -> str:
        return f"amqp://{user}:{self.password(user)}@{self.address}/{vhost}"

    def password(self, user: str = ADMIN) -> str:
        return self.settings.credentials.of(f"rabbitmq-{user}")

    def programs(self) -> list[Program]:
        epmd = find("epmd", "usr/lib/erlang/erts-*/bin")
        environment = self._environment()
        return [
            Program("epmd", (epmd,), self._folder, environment),
            Program(
                self.name,
                (find("rabbitmq-server", _SCRIPTS),),
                self._folder,
                environment,
                stop_signal="TERM" if self.settings.durable else "KILL",
                stop_wait_s=30,
            ),
        ]

    def prepare(self) -> None:
        (self._folder / "enabled_plugins").write_text("[rabbitmq_management, rabbitmq_prometheus].\n")
        write_private(self._folder / "definitions.json", json.dumps(self._definitions(), indent=1))
        configuration = {
            "listeners.tcp.1": f"{self.settings.bind}:{self.settings.ports.inner.rabbitmq}",
            "management.tcp.ip": self.settings.bind,
            "management.tcp.port": self.settings.ports.inner.rabbitmq_management,
            "management.rates_mode": "none",
            "prometheus.tcp.ip": self.settings.bind,
            "prometheus.tcp.port": self.settings.ports.inner.rabbitmq_metrics,
            "load_definitions": self._folder / "definitions.json",
            "loopback_users": "none",
            "heartbeat": 10,
            "log.console": "true",
            "log.console.level": "warning",
            "log.file": "false",
            "disk_free_limit.absolute": DISK_FREE_LIMIT,
        }
        lines = "".join(f"{name} = {value}\n" for name, value in configuration.items())
        (self._folder / "rabbitmq.conf").write_text(lines)

    def is_ready(self) -> bool:
        ports = self.settings.ports.inner
        question = f"/api/health/checks/port-listener/{ports.rabbitmq}"
        login = (ADMIN, self.password())
        return http_status(self.settings.host, ports.rabbitmq_management, question, login) == http.client.OK

    def provision(self) -> None:
        """Its users and rights are in the definitions that it loads."""

    @property
    def _folder(self) -> Path:
        return self.settings.layout.rabbitmq

    def _environment(self) -> dict[str, str]:
        folder, ports = self._folder, self.settings.ports.inner
        distribution = f"-kernel inet_dist_use_interface {_erlang_address(self.settings.host)}"
        return {
            "HOME": str(folder),  # the Erlang cookie lies there
            "ERL_EPMD_ADDRESS": self.settings.host,
            "ERL_EPMD_PORT": str(ports.epmd),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_DIST_PORT": str(ports.rabbitmq_distribution),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_NODENAME": "fiapx@localhost",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the server replaces its start script, as under any supervisor
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none {distribution}",
        }

    def _definitions(self) -> dict[str, object]:
        users = (ADMIN, *SERVICES_WITH_DATABASE)
        return {
            "vhosts": [{"name": VHOST}],
            "users": [
                {
                    "name": user,
                    "password_hash": _password_hash(self.password(user), salt=user.encode()[:4].ljust(4, b"\0")),
                    "hashing_algorithm": "rabbit_password_hashing_sha256",
                    "tags": "administrator" if user == ADMIN else "",
                }
                for user in users
            ],
            "permissions": [
                {"user": user, "vhost": VHOST} | dict.fromkeys(("configure", "write", "read"), _names_of(user))
                for user in users
            ],
        }


def _names_of(user: str) -> str:
    """Which queues and exchanges a user may touch, as a regular expression."""
    return ".*" if user == ADMIN else rf"^({user}\.|fiapx\.).*"


def _password_hash(password: str, salt: bytes) -> str:
    """RabbitMQ's salted form; the salt is fixed so that the file stays the same, the password is random."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _erlang_address(host: str) -> str:
    return "{" + ",".join(host.split(".")) + "}"
