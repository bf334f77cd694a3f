"""The tests' servers in containers, where a Docker engine answers."""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.wait_strategies import HttpWaitStrategy, LogMessageWaitStrategy

from fiapx_testing.servers import Server, Servers

IMAGES = {
    "postgres": "postgres:17.11-alpine3.24",
    "redis": "valkey/valkey:8.1.9-alpine",
    "rabbitmq": "rabbitmq:4.3.5-management-alpine",
    "store": "minio/minio:RELEASE.2025-09-07T16-13-09Z",
    "mail": "maildev/maildev:3.0.0",
}
"""What compose runs; the mail catcher is the local stack's, whose answers `Mailbox` reads."""
_USER = "fiapx"
_SOCKET = "/var/run/docker.sock"
_ANSWERS_WITHIN_S = 5


def docker_answers() -> bool:
    """Whether containers may be used: an engine answers and FIAPX_TEST_CONTAINERS is not 0."""
    if os.environ.get("FIAPX_TEST_CONTAINERS") == "0":
        return False
    socket_path = os.environ.get("DOCKER_HOST", _SOCKET).removeprefix("unix://")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(_ANSWERS_WITHIN_S)
        try:
            connection.connect(socket_path)
            connection.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return b" 200 " in connection.recv(64)
        except OSError:
            return False


@dataclass(frozen=True)
class ContainerHost:
    """One container per server; their ids are kept in a file, for whoever stops them."""

    state: Path

    def start(self) -> Servers:
        testcontainers_config.ryuk_disabled = True  # it ends them with the worker that started them, others go on
        self.state.mkdir(parents=True, exist_ok=True)
        password = secrets.token_urlsafe(24)
        started = {name: self._run(container) for name, container in _containers(password).items()}

        def server(name: str, port: int, user: str = "", word: str = "") -> Server:
            container = started[name]
            return Server(container.get_container_host_ip(), int(container.get_exposed_port(port)), user, word)

        return Servers(
            postgres=server("postgres", 5432, _USER, password),
            redis=server("redis", 6379, "default", password),
            rabbitmq=server("rabbitmq", 5672, _USER, password),
            rabbitmq_management=server("rabbitmq", 15672, _USER, password),
            store=server("store", 9000, _USER, password),
            smtp=server("mail", 1025),
            mail_page=server("mail", 1080),
        )

    def stop(self) -> None:
        if not self._ids.exists():
            return
        containers = DockerClient().client.containers
        for identifier in self._ids.read_text().split():
            containers.get(identifier).remove(force=True, v=True)
        self._ids.unlink()

    @property
    def _ids(self) -> Path:
        return self.state / "containers"

    def _run(self, container: DockerContainer) -> DockerContainer:
        container.start()
        with self._ids.open("a") as ids:
            ids.write(f"{container.get_wrapped_container().id}\n")
        return container


def _containers(password: str) -> dict[str, DockerContainer]:
    redis_command = f"valkey-server --requirepass {password} --databases 1024"
    postgres = DockerContainer(IMAGES["postgres"], command="-c fsync=off -c max_connections=300", ports=[5432])
    redis = DockerContainer(IMAGES["redis"], command=redis_command, ports=[6379])
    rabbitmq = DockerContainer(IMAGES["rabbitmq"], ports=[5672, 15672])
    store = DockerContainer(IMAGES["store"], command="server /data", ports=[9000])
    mail = DockerContainer(IMAGES["mail"], ports=[1025, 1080])
    return {
        "postgres": postgres.with_envs(POSTGRES_USER=_USER, POSTGRES_PASSWORD=password).waiting_for(
            LogMessageWaitStrategy("database system is ready to accept connections", times=2)
        ),
        "redis": redis.waiting_for(LogMessageWaitStrategy("Ready to accept connections")),
        "rabbitmq": rabbitmq.with_envs(RABBITMQ_DEFAULT_USER=_USER, RABBITMQ_DEFAULT_PASS=password).waiting_for(
            LogMessageWaitStrategy("Server startup complete")
        ),
        "store": store.with_envs(MINIO_ROOT_USER=_USER, MINIO_ROOT_PASSWORD=password).waiting_for(
            HttpWaitStrategy(9000, "/minio/health/live")
        ),
        "mail": mail.waiting_for(HttpWaitStrategy(1080, "/api/healthz")),
    }
