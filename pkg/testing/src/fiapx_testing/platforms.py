"""The whole platform as real processes, for tests that come through its public doors."""

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from fiapx import Client, ProblemError
from fiapx_local.servers import ObjectStore
from fiapx_local.servers.object_store import ACCESS_KEY, BUCKET, REGION
from fiapx_local.service_settings import services
from fiapx_local.stack import Stack

from fiapx_testing.mailboxes import Mail, Mailbox
from fiapx_testing.object_stores import StoreSettings
from fiapx_testing.servers import Server
from fiapx_testing.waiting import PATIENCE_S

NewAccount = Callable[[], "Account"]
"""Registers and logs in somebody new."""

PASSWORD = "correct horse battery staple"
"""Of every account that `new_account` makes."""
_POLL_S = 0.1


@dataclass(frozen=True)
class Account:
    """A user who is logged in."""

    client: Client
    address: str
    mailbox: Mailbox
    gateway_url: str
    """The one that the client talks to."""

    async def mails(self, *, count: int) -> list[Mail]:
        """Their mails, when that many have come."""
        return await self.mailbox.wait_for(self.address, count=count)

    def log_in(self) -> None:
        """Begins another session."""
        self.client.login(self.address, PASSWORD)


@dataclass(frozen=True)
class Platform:
    """A running platform and what only its operators can do."""

    stack: Stack

    @property
    def url(self) -> str:
        return self.stack.settings.public_url

    @property
    def gateway_urls(self) -> list[str]:
        """Each gateway's address; the first is `url`."""
        return self.stack.settings.gateway_urls

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(Server(self.stack.settings.host, self.stack.settings.ports.mail_page))

    @property
    def scratch(self) -> Path:
        return self.stack.settings.layout.scratch

    def new_account(self, locale: str = "en", *, gateway: int = 0) -> Account:
        """Registers and logs in somebody new, through one of `gateway_urls`; close the account's client after use."""
        address = f"{secrets.token_hex(8)}@example.com"
        client = Client(self.gateway_urls[gateway], retry_for_s=0)
        try:
            _when_allowed(lambda: client.register(address, PASSWORD, name="Ana", locale=locale))
            _when_allowed(lambda: client.login(address, PASSWORD))
        except BaseException:
            client.close()
            raise
        return Account(client, address, self.mailbox, self.gateway_urls[gateway])

    def is_ready(self, program: str) -> bool:
        """Whether a program answers that it is ready."""
        return next(server for server in self.stack.servers() if server.name == program).is_ready()

    def is_whole(self) -> bool:
        """Whether every program answers that it is ready."""
        return all(server.is_ready() for server in self.stack.servers())

    def kill(self, program: str) -> None:
        """SIGKILL to one program; the supervisor starts it again."""
        os.kill(self.stack.supervisor.states()[program].pid, signal.SIGKILL)

    @contextmanager
    def frozen(self, *programs: str) -> Iterator[None]:
        """Programs do nothing, as if their machine stood still."""
        states = self.stack.supervisor.states()
        pids = [states[program].pid for program in programs]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def peaks_mb(self) -> dict[str, float]:
        """The most memory that each of the platform's own programs has had since it was started (VmHWM)."""
        states = self.stack.supervisor.states()
        return {service.name: _peak_mb(states[service.name].pid) for service in services(self.stack.settings)}

    def objects_of(self, video: UUID) -> list[str]:
        """Keys in the store that belong to a video."""
        store = ObjectStore(self.stack.settings)
        settings = StoreSettings(store.address, ACCESS_KEY, store.secret_key, REGION, BUCKET)
        return sorted(name for name in settings.object_names() if str(video) in name)

    @staticmethod
    def until(condition: Callable[[], bool], *, within_s: float = 3 * PATIENCE_S) -> None:
        """Waits for a condition.

        Raises:
            AssertionError: it did not come true in time.
        """
        deadline = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < deadline, f"not within {within_s} s"
            time.sleep(_POLL_S)


def _peak_mb(pid: int) -> float:
    _, _, rest = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")
    return int(rest.split()[0]) * 1024 / 1e6


def _when_allowed(call: Callable[[], object]) -> None:
    """All tests share one address, and so one rate limit: who is told to wait waits."""
    while True:
        try:
            call()
        except ProblemError as problem:
            if problem.code != "rate_limited":
                raise
            time.sleep(max(problem.retry_after_s or 0, _POLL_S))
        else:
            return
