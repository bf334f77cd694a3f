"""Looks for what is wrong and says it in words: programs, disk, ports, servers, browser access, clock."""

import http.client
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from fiapx_local import process_table
from fiapx_local.binaries import ProgramMissing
from fiapx_local.probes import TIMEOUT_S
from fiapx_local.program import Server
from fiapx_local.stack import Stack

_LEAST_FREE_BYTES = 5 * 1024**3
_MOST_CLOCK_DRIFT_S = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    well: bool
    words: str


def examine(stack: Stack) -> list[Finding]:
    """Look at everything, at the servers only if they run."""
    always = (_programs, _ffmpeg, _disk)
    looks = (*always, _servers, _browser_access, _clock) if stack.is_running() else (*always, _ports)
    return [finding for look in looks for finding in look(stack)]


def _programs(stack: Stack) -> list[Finding]:
    try:
        names = [server.programs()[-1].argv[0] for server in stack.servers()]
    except ProgramMissing as error:
        return [Finding("programs", well=False, words=str(error))]
    return [Finding("programs", well=True, words=f"all {len(names)} are installed")]


def _ffmpeg(_: Stack) -> list[Finding]:
    if shutil.which("ffmpeg") is None or shutil.which("ffprobe") is None:
        return [Finding("ffmpeg", well=False, words="ffmpeg or ffprobe is not installed: make up installs it")]
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=1:duration=1"]
    command += ["-f", "image2pipe", "-c:v", "png", "pipe:"]
    run = subprocess.run(command, capture_output=True, check=False, timeout=30)
    works = run.returncode == 0 and run.stdout.startswith(b"\x89PNG")
    words = "encodes a PNG" if works else f"does not encode a PNG: {run.stderr.decode(errors='replace')[-200:]}"
    return [Finding("ffmpeg", works, words)]


def _disk(stack: Stack) -> list[Finding]:
    folder = stack.settings.layout.state
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / 1024**3:.1f} GiB free in {folder}"
    return [Finding("disk", free >= _LEAST_FREE_BYTES, words if free >= _LEAST_FREE_BYTES else f"only {words}")]


def _ports(stack: Stack) -> list[Finding]:
    taken = [
        Finding("port", well=False, words=f"{port} ({name}) is taken by {process_table.holder(port)}")
        for name, port in stack.settings.ports.named().items()
        if process_table.is_taken(stack.settings.bind, port)
    ]
    nothing_runs = Finding("platform", well=False, words="nothing runs: make up")
    return [nothing_runs, *(taken or [Finding("ports", well=True, words="all are free")])]


def _servers(stack: Stack) -> list[Finding]:
    states = stack.supervisor.states()

    def look(server: Server) -> Finding:
        if server.name not in states:
            return Finding(server.name, well=False, words="is not started: make up")
        ready = server.is_ready()
        log = stack.settings.layout.log(server.name)
        words = "answers" if ready else f"{states[server.name].state.lower()}, does not answer; see {log}"
        return Finding(server.name, ready, f"{words} on {server.address}" if ready else words)

    servers = stack.servers()
    with ThreadPoolExecutor(len(servers)) as pool:
        return list(pool.map(look, servers))


def _browser_access(stack: Stack) -> list[Finding]:
    """Whether a page of the platform may talk to the object store: CORS."""
    origin = stack.settings.public_url
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    answer = _headers(stack, "OPTIONS", asked)
    allowed = answer.get("access-control-allow-origin")
    well = allowed in ("*", origin)
    words = f"pages of {origin} may" if well else f"the store answers {allowed!r}: pages of {origin} may not"
    return [Finding("CORS", well, f"{words} send files to the store")]


def _clock(stack: Stack) -> list[Finding]:
    """Signed links fail when clocks differ by minutes."""
    date = _headers(stack, "GET", {}).get("date")
    if date is None:
        return [Finding("clock", well=False, words="the store tells no time")]
    drift_s = abs(parsedate_to_datetime(date).timestamp() - time.time())
    return [Finding("clock", drift_s <= _MOST_CLOCK_DRIFT_S, f"the store's differs by {drift_s:.0f} s")]


def _headers(stack: Stack, method: str, headers: dict[str, str]) -> dict[str, str]:
    connection = http.client.HTTPConnection(stack.settings.host, stack.settings.ports.store, timeout=TIMEOUT_S)
    with closing(connection):
        try:
            connection.request(method, "/fiapx/x", headers=headers)
            return {name.lower(): value for name, value in connection.getresponse().getheaders()}
        except (OSError, http.client.HTTPException):
            return {}
