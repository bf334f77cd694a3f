"""Real Prometheus and Alertmanager on ports of their own, for as long as a block lasts."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from fiapx_local.binaries import find
from fiapx_local.log_tail import tail

from fiapx_testing.ending import ended

_STARTS_WITHIN_S: Final = 120
_ENDS_WITHIN_S: Final = 60
_ANSWERS_WITHIN_S: Final = 60.0
_POLL_S: Final = 0.1


@dataclass(frozen=True)
class Sample:
    """One series' value."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    address: str

    def query(self, expression: str) -> list[Sample]:
        """An instant vector, or a scalar as one sample without labels; NaN is a value too.

        Raises:
            ValueError: the expression is not understood, or cannot be evaluated.
        """
        answer = self._get("query", query=expression)
        result = answer["result"]
        if answer["resultType"] == "scalar":
            return [Sample({}, float(result[1]))]
        return [Sample(series["metric"], float(series["value"][1])) for series in result]

    def total(self, expression: str) -> float:
        """The sum of a vector's values, 0 if it is empty."""
        return sum(sample.value for sample in self.query(expression))

    def targets(self) -> list[dict[str, Any]]:
        active: list[dict[str, Any]] = self._get("targets", state="active")["activeTargets"]
        return active

    def families(self) -> set[str]:
        """The names of all metrics that targets declare, also of those that count nothing yet."""
        return set(self._get("metadata"))

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its health and last error."""
        return [rule for group in self._get("rules")["groups"] for rule in group["rules"]]

    def alerts(self) -> list[dict[str, Any]]:
        alerts: list[dict[str, Any]] = self._get("alerts")["alerts"]
        return alerts

    def exemplars(self, expression: str) -> list[dict[str, Any]]:
        """Of the last hour."""
        now = time.time()
        answer: list[dict[str, Any]] = self._get("query_exemplars", query=expression, start=now - 3600, end=now)
        return [exemplar for series in answer for exemplar in series["exemplars"]]

    def _get(self, path: str, **parameters: object) -> Any:
        url, given = f"http://{self.address}/api/v1/{path}", {name: str(value) for name, value in parameters.items()}
        answer = httpx.get(url, params=given, timeout=_ANSWERS_WITHIN_S, trust_env=False).json()
        if answer["status"] != "success":
            raise ValueError(f"{answer['errorType']}: {answer['error']}")
        return answer["data"]


@contextmanager
def prometheus(config: Path, address: str, folder: Path) -> Iterator[Prometheus]:
    """Runs Debian's Prometheus with a configuration; its data lie in `folder`."""
    argv = [
        find("prometheus"),
        f"--config.file={config}",
        f"--web.listen-address={address}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        "--enable-feature=exemplar-storage",
        "--log.level=warn",
    ]
    with _running(argv, f"http://{address}/-/ready", folder / "prometheus.log"):
        yield Prometheus(address)


@contextmanager
def alertmanager(config: Path, address: str, folder: Path) -> Iterator[None]:
    """Runs Debian's Alertmanager, alone, with a configuration."""
    argv = [
        find("prometheus-alertmanager"),
        f"--config.file={config}",
        f"--web.listen-address={address}",
        f"--storage.path={folder / 'alerts'}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with _running(argv, f"http://{address}/-/ready", folder / "alertmanager.log"):
        yield


def free_address() -> str:
    """Where nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


@contextmanager
def _running(argv: Sequence[str], ready_url: str, log: Path) -> Iterator[None]:
    with log.open("wb") as sink:
        # the kernel ends it if we die without a chance to do so
        command = ["setpriv", "--pdeathsig", "TERM", "--", *argv]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT)
        with ended(process, within_s=_ENDS_WITHIN_S):
            _await_ready(process, ready_url, log)
            yield


def _await_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{url} does not answer:\n{tail(log)}")
        time.sleep(_POLL_S)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1.0, trust_env=False).is_success
    except httpx.HTTPError:
        return False
