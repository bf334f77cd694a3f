"""One stack: start what is not running, stop all of it."""

import fcntl
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from fiapx_local import process_table
from fiapx_local.errors import StackError
from fiapx_local.log_tail import tail
from fiapx_local.migrations import migrate
from fiapx_local.program import Server
from fiapx_local.servers import INFRASTRUCTURE, infrastructure
from fiapx_local.service_settings import services
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings
from fiapx_local.supervisor import Supervisor

_READY_WITHIN_S = 90
_TRIES = 4
_POLL_S = 0.1
_STRAGGLERS_END_WITHIN_S = 15
_REAPED_WITHIN_S = 5


class PortTaken(StackError):
    """Somebody else listens on a port of this stack."""


class NotReady(StackError):
    """A server was started and does not answer."""


@dataclass(frozen=True)
class Stack:
    """Real servers and services on this machine, described by their settings."""

    settings: StackSettings

    @property
    def supervisor(self) -> Supervisor:
        return Supervisor(self.settings.layout)

    def servers(self) -> list[Server]:
        """Everything that runs: the infrastructure first, the gateway last."""
        return [*infrastructure(self.settings), *services(self.settings)]

    def start(self, only: Collection[str] | None = None) -> None:
        """Start what is not running (all of it, or what `only` names) and return when it answers.

        What runs already stays, restarted if its code or settings changed.

        Raises PortTaken, ProgramMissing, MigrationFailed or NotReady.
        """
        with self._alone():
            running = set(self.supervisor.states()) if self.supervisor.is_running() else set()
            wanted = [server for server in self.servers() if only is None or server.name in {*only, *running}]
            if not running:
                self._clear_remains()
                self._refuse_taken_ports()
            with ThreadPoolExecutor(len(wanted)) as pool:
                list(pool.map(lambda server: server.prepare(), wanted))
            self.supervisor.apply([program for server in wanted for program in server.programs()])
            self._start(wanted)

    def stop(self) -> None:
        """Stop every process of this stack, also those that an earlier supervisor left behind."""
        if not self.settings.layout.state.exists():
            return
        with self._alone():
            pids = process_table.pids_of_stack(self.settings.layout.state)
            if self.supervisor.is_running():
                for group in self._stopping_order():
                    self.supervisor.stop(group)
                self.supervisor.shut_down()
            self._clear_remains()
            process_table.await_gone(pids, _REAPED_WITHIN_S)

    def is_running(self) -> bool:
        return self.supervisor.is_running()

    def _start(self, wanted: list[Server]) -> None:
        ground = [server for server in wanted if server.name in INFRASTRUCTURE]
        platform = [server for server in wanted if isinstance(server, Service)]
        states = self.supervisor.states()
        with ThreadPoolExecutor(len(wanted)) as pool:
            started = {server.name: pool.submit(self._start_server, server) for server in ground}
            if any(states[service.name].state != "RUNNING" for service in platform):
                for needed in ("postgres", "store"):
                    started[needed].result()
                migrate(self.settings, platform)
            for future in started.values():
                future.result()
            list(pool.map(self._start_server, platform))

    def _start_server(self, server: Server) -> None:
        for program in server.programs():
            self.supervisor.start(program.name)
        self._await_ready(server)
        server.provision()

    def _await_ready(self, server: Server) -> None:
        name = server.programs()[-1].name
        deadline = time.monotonic() + _READY_WITHIN_S
        ends: set[int] = set()
        while not server.is_ready():
            ends.add(self.supervisor.state(name).stopped_at)
            if len(ends) > _TRIES or time.monotonic() > deadline:
                log = self.settings.layout.log(name)
                raise NotReady(f"{server.name} does not answer on {server.address} ({log}):\n{tail(log)}")
            time.sleep(_POLL_S)

    def _stopping_order(self) -> list[list[str]]:
        """Services first; epmd after RabbitMQ, or a stray one breaks the next start."""
        names = list(self.supervisor.states())
        ground = [program.name for server in infrastructure(self.settings) for program in server.programs()]
        above = [name for name in names if name not in ground]
        return [above, [name for name in names if name in ground and name != "epmd"], ["epmd"]]

    def _clear_remains(self) -> None:
        process_table.end(process_table.pids_of_stack(self.settings.layout.state), _STRAGGLERS_END_WITHIN_S)

    def _refuse_taken_ports(self) -> None:
        taken = [
            f"port {port} ({name}) is taken by {process_table.holder(port)}"
            for name, port in self.settings.ports.named().items()
            if process_table.is_taken(self.settings.bind, port)
        ]
        if taken:
            raise PortTaken("; ".join(taken) + ". End it, or choose other ports: FIAPX_PORT_BASE=20000 make up")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.settings.layout.create()
        with (self.settings.layout.run / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
