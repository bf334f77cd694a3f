"""One set of servers per test run: started by the first worker that needs it, stopped by the run's first process."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.process_table import is_alive
from fiapx_local.stack import Stack

from fiapx_testing.container_host import ContainerHost, docker_answers
from fiapx_testing.local_host import LocalHost
from fiapx_testing.platforms import Platform
from fiapx_testing.servers import Host, Servers

_VARIABLE = "FIAPX_TEST_RUN"
_SETTINGS = {"PROCESSING_SCRATCH__IDLE_S": "3"}  # a test waits until a copy of a source is gone


@dataclass(frozen=True)
class TestRun:
    """A test run's folder; all its workers know it by an environment variable."""

    __test__ = False

    folder: Path

    @classmethod
    def begin(cls) -> "TestRun":
        """Called once, in the process that starts the workers. Clears what runs that were killed left behind."""
        everyone = Path(tempfile.gettempdir()) / f"fiapx-tests-{os.geteuid()}"
        everyone.mkdir(mode=0o700, exist_ok=True)
        for folder in everyone.iterdir():
            if folder.name.isdigit() and not is_alive(int(folder.name)):
                cls(folder).end()
        run = cls(everyone / str(os.getpid()))
        run.end()
        os.environ.update({_VARIABLE: str(run.folder), **_SETTINGS})
        return run

    @classmethod
    def current(cls) -> "TestRun":
        return cls(Path(os.environ[_VARIABLE]))

    def servers(self) -> Servers:
        """The run's servers, started if nobody has yet."""
        with self._alone():
            if not self._note.exists():
                self._host().start().save(self._note)
            return Servers.load(self._note)

    def local_stack(self) -> Stack:
        """The servers as the local stack runs them, with the roles and rights that it gives to services."""
        with self._alone():
            host = LocalHost(self._local)
            host.start()
            return host.stack()

    def platform(self, otlp_endpoint: str | None = None) -> Platform:
        """The whole platform, started if nobody has yet; it shares the servers where these are local."""
        with self._alone():
            host = LocalHost(self._local, otlp_endpoint)
            if not self._platform_note.exists():
                host.start_platform()
                self._platform_note.touch()
            return Platform(host.stack())

    @contextmanager
    def use_of_platform(self, *, alone: bool) -> Iterator[None]:
        """While a test uses the platform; `alone` for those that kill what others would miss."""
        with (self.folder / "platform.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield

    def end(self) -> None:
        if self.folder.exists():
            with self._alone():
                for host in (LocalHost(self._local), ContainerHost(self._containers)):
                    host.stop()
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _note(self) -> Path:
        return self.folder / "servers.json"

    @property
    def _platform_note(self) -> Path:
        return self.folder / "platform"

    @property
    def _local(self) -> Path:
        return self.folder / "stack"

    @property
    def _containers(self) -> Path:
        return self.folder / "containers"

    def _host(self) -> Host:
        return ContainerHost(self._containers) if docker_answers() else LocalHost(self._local)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
