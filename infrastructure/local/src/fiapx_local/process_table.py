"""Which processes belong to a stack, and who listens on a port (from /proc)."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

MARK = "FIAPX_STACK"
"""Environment variable that every process of a stack carries; its value is the state folder."""

_LISTEN = "0A"


def pids_of_stack(state: Path) -> list[int]:
    """Every living process that was started for this state folder, the caller excepted."""
    mark = f"{MARK}={state}".encode()
    return [pid for pid in _pids() if pid != os.getpid() and mark in _read(pid, "environ").split(b"\0")]


def end(pids: list[int], patience_s: float) -> None:
    """Ask processes to end, then kill those that have not within the time."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in pids:
            _send(pid, number)
        deadline = time.monotonic() + patience_s
        while any(map(is_alive, pids)) and time.monotonic() < deadline:
            time.sleep(0.05)


def await_gone(pids: list[int], patience_s: float) -> None:
    """Wait until the kernel has forgotten processes that ended; their parent (init) may take its time."""
    deadline = time.monotonic() + patience_s
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    stat = _read(pid, "stat")
    return bool(stat) and stat.rpartition(b")")[2].split()[0] not in (b"Z", b"X")


def is_taken(host: str, port: int) -> bool:
    """Whether a server could not listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def holder(port: int) -> str:
    """Who uses a port of this machine, in words: its listener, else the owner of an outgoing connection."""
    for verb, inodes in (("", _inodes(port, listening=True)), (" for a connection", _inodes(port, listening=False))):
        for pid in _pids() if inodes else ():
            if inodes & set(_socket_inodes(pid)):
                command = _read(pid, "cmdline").replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {pid} ({command[:80]}){verb}"
        if inodes:
            return f"a process that this user may not see{verb}"
    return "nobody that can be seen, yet this machine refuses it"


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # it ended meanwhile, or belongs to another user
        return b""


def _send(pid: int, number: signal.Signals) -> None:
    if is_alive(pid):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return


def _inodes(port: int, *, listening: bool) -> set[str]:
    tables = [table for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if table.exists()]
    rows = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
    return {
        row[9]
        for row in rows
        if int(row[1].rpartition(":")[2], 16) == port and (row[3] == _LISTEN) is listening and row[9] != "0"
    }


def _socket_inodes(pid: int) -> Iterator[str]:
    try:
        entries = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return
    for entry in entries:
        try:
            link = str(entry.readlink())
        except OSError:  # closed meanwhile
            continue
        if link.startswith("socket:["):
            yield link[len("socket:[") : -1]
