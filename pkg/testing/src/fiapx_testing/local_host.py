"""The tests' servers as processes of this machine, by the local stack."""

import random
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.layout import Layout
from fiapx_local.ports import Ports
from fiapx_local.process_table import is_taken
from fiapx_local.servers import INFRASTRUCTURE, ObjectStore, Postgres, RabbitMQ, rabbitmq, redis
from fiapx_local.servers.object_store import ACCESS_KEY
from fiapx_local.servers.postgres import SUPERUSER
from fiapx_local.settings import StackSettings
from fiapx_local.stack import PortTaken, Stack

from fiapx_testing.servers import Server, Servers

_BASES = range(20000, 32000, 50)  # the kernel gives the ports above to outgoing connections
_TRIES = 5


@dataclass(frozen=True)
class LocalHost:
    """One stack on ports that are free: its servers, and the platform's services when a test wants these."""

    state: Path
    otlp_endpoint: str | None = None
    """Where the services send their traces, if anywhere."""
    durable: bool = False
    """Whether what a server has confirmed outlives its being killed; tests that kill none need not wait for that."""
    made: Callable[[StackSettings], Stack] = Stack
    """Makes the stack; a test may put programs of its own into it."""

    def start(self) -> Servers:
        return servers_of(self._started(INFRASTRUCTURE).settings)

    def start_platform(self) -> None:
        """Start the servers and the services."""
        self._started(None)

    def stack(self) -> Stack:
        """What was started."""
        return self._stack(int(self._note.read_text()))

    def stop(self) -> None:
        self._stack(_BASES.start).stop()
        shutil.rmtree(self.state, ignore_errors=True)

    def _started(self, only: Collection[str] | None) -> Stack:
        if self._note.exists():
            stack = self.stack()
            stack.start(only)
            return stack
        for base in _free_bases():
            stack = self._stack(base)
            try:
                stack.start(only)
            except PortTaken:
                continue
            self._note.write_text(str(base))
            return stack
        raise PortTaken("no free ports were found for the tests' servers")

    @property
    def _note(self) -> Path:
        return self.state / "base"

    def _stack(self, base: int) -> Stack:
        layout, ports = Layout(self.state), Ports.from_base(base)
        settings = StackSettings(layout, ports, durable=self.durable, replicas=2, otlp_endpoint=self.otlp_endpoint)
        return self.made(settings)


def _free_bases() -> Iterator[int]:
    found = 0
    for base in random.sample(_BASES, len(_BASES)):
        if found == _TRIES:
            return
        if not any(is_taken("127.0.0.1", port) for port in Ports.from_base(base).named().values()):
            found += 1
            yield base


def servers_of(settings: StackSettings) -> Servers:
    """Those of a stack, with who may do everything in them."""
    host, ports, secret = settings.host, settings.ports, settings.credentials.of
    rabbit_password = RabbitMQ(settings).password()
    return Servers(
        postgres=Server(host, ports.inner.postgres, SUPERUSER, Postgres(settings).superuser_password),
        redis=Server(host, ports.inner.redis, redis.ADMIN, secret(f"redis-{redis.ADMIN}")),
        rabbitmq=Server(host, ports.inner.rabbitmq, rabbitmq.ADMIN, rabbit_password),
        rabbitmq_management=Server(host, ports.inner.rabbitmq_management, rabbitmq.ADMIN, rabbit_password),
        store=Server(host, ports.store, ACCESS_KEY, ObjectStore(settings).secret_key),
        smtp=Server(host, ports.inner.smtp),
        mail_page=Server(host, ports.mail_page),
    )
