"""A Docker engine of the tests' own, started by hand as root: no service, no firewall rule, no default bridge."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from docker import DockerClient
from fiapx_local.process_table import is_alive

LAYERS_BYTES = 12_000_000_000
"""More is not kept from one run to the next: beyond it, layers that no named image uses go."""
NETWORKS = ip_network("10.212.0.0/14")
"""Where the engine's bridge and all networks of tests in containers lie."""

_STARTS_WITHIN_S = 60
_STOPS_WITHIN_S = 60
_POLL_S = 0.1
_PING_TIMEOUT_S = 5
_API_VERSION = "1.41"  # of Debian 12's engine; not asked for, which would be a request more
_REQUEST_TIMEOUT_S = 600


class EngineFailed(Exception):
    """The engine does not run."""


@dataclass(frozen=True)
class DockerEngine:
    """One engine; its images are kept in `folder`, all else goes when it stops."""

    folder: Path

    @property
    def url(self) -> str:
        return f"unix://{self._runtime / 'docker.sock'}"

    def client(self) -> DockerClient:
        return DockerClient(self.url, version=_API_VERSION, timeout=_REQUEST_TIMEOUT_S)

    def start(self) -> None:
        """Start it, after clearing what one that was killed left.

        Raises:
            EngineFailed: it doesn't answer in time, or this machine uses the engine's networks for something else.
        """
        self.stop()
        if others := devices_into_networks(_ip("-json", "-4", "route")):
            raise EngineFailed(
                f"{', '.join(others)} leads to {NETWORKS}, which is taken for containers: end it meanwhile"
            )
        for folder in (self.folder, self._runtime):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_bridge()
        with self._log.open("w") as log:
            subprocess.run(["setsid", "--fork", *self._command()], stdout=log, stderr=log, check=True, timeout=10)
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            if time.monotonic() > deadline:
                raise EngineFailed(f"dockerd does not answer: {self._log.read_text()[-2000:]}")
            time.sleep(_POLL_S)
        with closing(self.client()) as client:
            if client.df()["LayersSize"] > LAYERS_BYTES:
                client.images.prune()

    def stop(self) -> None:
        """Remove its containers and networks, end it and what it mounted; may be asked of another process."""
        if self._note.exists():
            self._remove_containers()
            self._end(int(self._note.read_text()))
            self._note.unlink(missing_ok=True)
        for mount in self._mounts():
            subprocess.run(["umount", "--lazy", mount], check=False)
        if _has_bridge(self._bridge):
            _ip("link", "delete", self._bridge)
        shutil.rmtree(self._runtime, ignore_errors=True)

    def _answers(self) -> bool:
        """Asked without Docker's client, which leaks a socket where nobody answers."""
        with socket.socket(socket.AF_UNIX) as engine, suppress(OSError):
            engine.settimeout(_PING_TIMEOUT_S)
            engine.connect(str(self._runtime / "docker.sock"))
            engine.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return b"200 OK" in engine.recv(64)
        return False

    def _remove_containers(self) -> None:
        if not self._answers():
            return
        with closing(self.client()) as client:
            for container in client.containers.list(all=True):
                container.remove(force=True, v=True)
            client.networks.prune()
            for volume in client.volumes.list():
                volume.remove(force=True)

    @staticmethod
    def _end(pid: int) -> None:
        if not is_alive(pid):
            return
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + _STOPS_WITHIN_S
        while is_alive(pid):
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
                return
            time.sleep(_POLL_S)

    def _command(self) -> list[str]:
        places = {"host": self.url, "data-root": self.folder / "data", "exec-root": self._runtime / "exec"}
        return [
            "dockerd",
            *(f"--{name}={value}" for name, value in places.items()),
            f"--pidfile={self._note}",
            f"--bridge={self._bridge}",
            "--ip=127.0.0.1",  # where ports are published that name no address
            *("--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false"),
            *("--oom-score-adjust=0", "--default-ulimit=nofile=20000:20000"),
        ]

    def _make_bridge(self) -> None:
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("address", "add", f"{self._bridge_address}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")

    def _mounts(self) -> list[str]:
        places = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
        ours = (f"{self.folder}/", f"{self._runtime}/")
        return sorted((place for place in places if place.startswith(ours)), reverse=True)

    @property
    def _key(self) -> str:
        return hashlib.sha256(str(self.folder).encode()).hexdigest()

    @property
    def _bridge(self) -> str:
        return f"fiapx-{self._key[:6]}"

    @property
    def _bridge_address(self) -> str:
        """In a private network that differs between checkouts."""
        return f"10.213.{int(self._key[:2], 16)}.1"

    @property
    def _runtime(self) -> Path:
        """Short, since the path of a socket may have 108 characters only."""
        return Path(tempfile.gettempdir()) / f"fiapx-docker-{self._key[:6]}"

    @property
    def _note(self) -> Path:
        return self.folder / "dockerd.pid"

    @property
    def _log(self) -> Path:
        return self.folder / "dockerd.log"


def devices_into_networks(routes: str) -> list[str]:
    """Devices that lead into NETWORKS and are no engine's, from what `ip -json route` prints."""
    return sorted(
        {
            route["dev"]
            for route in json.loads(routes)
            if route["dst"] != "default"
            and ip_network(route["dst"]).overlaps(NETWORKS)
            and not route["dev"].startswith(("fiapx-", "br-"))
        }
    )


def _ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, timeout=10, stdout=subprocess.PIPE, text=True).stdout


def _has_bridge(name: str) -> bool:
    return Path("/sys/class/net", name).exists()


if __name__ == "__main__":
    DockerEngine(Path(sys.argv[1])).stop()
