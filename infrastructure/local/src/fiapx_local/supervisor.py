"""The supervisor's process and the conversation with it over its socket."""

import http.client
import os
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiapx_local import environment
from fiapx_local.credentials import write_private
from fiapx_local.errors import StackError
from fiapx_local.layout import Layout
from fiapx_local.log_tail import tail
from fiapx_local.process_table import is_alive
from fiapx_local.program import Program
from fiapx_local.supervisor_config import SOCKET, render

_STARTS_WITHIN_S = 60
_ENDS_WITHIN_S = 60
_ANSWERS_WITHIN_S = 60
_POLL_S = 0.05
DOWN = frozenset({"STOPPED", "EXITED", "FATAL", "UNKNOWN"})


class SupervisorFailed(StackError):
    """The supervisor did not start, end or answer as it should."""


@dataclass(frozen=True)
class ProcessState:
    """What the supervisor knows of one program."""

    name: str
    state: str
    pid: int
    stopped_at: int
    """Unix time of its last end, 0 if it never ended."""


@dataclass(frozen=True)
class Supervisor:
    """One stack's supervisor."""

    layout: Layout

    def is_running(self) -> bool:
        try:
            return bool(self._call("getPID"))
        except (OSError, http.client.HTTPException):
            return False

    def apply(self, programs: Iterable[Program]) -> None:
        """Run with these programs: start the supervisor, or restart what differs in the running one."""
        write_private(self._configuration, render(self.layout, programs))
        if not self.is_running():
            self._launch()
            return
        added, changed, removed = self._call("reloadConfig")[0]
        for name in [*changed, *removed]:
            self._call("stopProcessGroup", name)
            self._call("removeProcessGroup", name)
        for name in [*added, *changed]:
            self._call("addProcessGroup", name)

    def start(self, name: str) -> None:
        """Start a program that is down; one that failed and waits for its next try is started at once."""
        state = self.state(name).state
        if state == "BACKOFF":
            self._call("stopProcess", name)
        if state == "BACKOFF" or state in DOWN:
            self._call("startProcess", name, False)

    def stop(self, names: Iterable[str]) -> None:
        """Stop programs side by side and wait until they are down."""
        states = self.states()
        waiting = {name for name in names if name in states and states[name].state not in DOWN}
        for name in waiting:
            self._call("stopProcess", name, False)
        deadline = time.monotonic() + _ENDS_WITHIN_S
        while any(self.state(name).state not in DOWN for name in waiting):
            if time.monotonic() > deadline:
                raise SupervisorFailed(f"not stopped after {_ENDS_WITHIN_S} s: {', '.join(sorted(waiting))}")
            time.sleep(_POLL_S)

    def state(self, name: str) -> ProcessState:
        """Of one program; costs the supervisor a tenth of all of them."""
        return _state(self._call("getProcessInfo", name))

    def states(self) -> dict[str, ProcessState]:
        return {info["name"]: _state(info) for info in self._call("getAllProcessInfo")}

    def shut_down(self) -> None:
        pid = self._call("getPID")
        self._call("shutdown")
        deadline = time.monotonic() + _ENDS_WITHIN_S
        while is_alive(pid):
            if time.monotonic() > deadline:
                raise SupervisorFailed(f"the supervisor (process {pid}) did not end in {_ENDS_WITHIN_S} s")
            time.sleep(_POLL_S)

    @property
    def _configuration(self) -> Path:
        return self.layout.run / "supervisord.conf"

    def _launch(self) -> None:
        (self.layout.run / SOCKET).unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", str(self._configuration)]
        output = self.layout.log("supervisord-output")
        with output.open("wb") as sink:
            subprocess.run(
                ["setsid", "--fork", *command],
                cwd=self.layout.run,
                env=environment.of_processes(self.layout.state),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                check=True,
            )
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self.is_running():
            if time.monotonic() > deadline:
                raise SupervisorFailed(f"supervisord did not start:\n{tail(output)}")
            time.sleep(_POLL_S)

    def _call(self, method: str, *arguments: Any) -> Any:
        """Call one method by XML-RPC; raises xmlrpc.client.Fault where the supervisor refuses."""
        body = xmlrpc.client.dumps(arguments, f"supervisor.{method}")
        with closing(_SocketConnection(self.layout.run)) as connection:
            connection.request("POST", "/RPC2", body.encode(), {"Content-Type": "text/xml"})
            answer = connection.getresponse().read()
        return xmlrpc.client.loads(answer)[0][0]


def _state(info: dict[str, Any]) -> ProcessState:
    return ProcessState(info["name"], info["statename"], info["pid"], info["stop"])


class _SocketConnection(http.client.HTTPConnection):
    def __init__(self, folder: Path) -> None:
        super().__init__("localhost", timeout=_ANSWERS_WITHIN_S)
        self._folder = folder

    def connect(self) -> None:
        # Named from the folder's descriptor: the path itself may be longer than a socket's may be.
        folder = os.open(self._folder, os.O_PATH)
        try:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(f"/proc/self/fd/{folder}/{SOCKET}")
        finally:
            os.close(folder)
