"""Requests as fast as they are answered, by wrk."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_SCRIPT: Final = Path(__file__).parent / "programs" / "report.lua"
_GRACE_S: Final = 30.0


@dataclass(frozen=True)
class Load:
    """What came of one run."""

    per_s: float
    """Requests that were answered."""
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Load":
        """Raises AssertionError: a request failed, or none was answered."""
        assert told["failed"] == 0, f"{told['failed']} of {told['requests']} requests failed"
        assert told["requests"] > 0, "no request was answered"
        seconds = told["microseconds"] / 1e6
        return cls(told["requests"] / seconds, told["p50_us"] / 1e3, told["p99_us"] / 1e3)


@dataclass(frozen=True)
class Wrk:
    """One kind of load."""

    url: str
    connections: int
    seconds: float
    core: int
    """Where wrk itself runs."""
    token: str | None = None
    body: str | None = None
    """JSON, which makes it a POST."""

    def run(self) -> Load:
        """Raises AssertionError: a request failed."""
        with self.running() as running:
            return running.ended()

    @contextmanager
    def running(self) -> Iterator["Running"]:
        """From now until the block's end, or for its seconds."""
        wrk = ["wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds:g}s", "--timeout", "10s", "-s", str(_SCRIPT)]
        told = {"WRK_TOKEN": self.token, "WRK_BODY": self.body}
        environment = {**os.environ, **{name: value for name, value in told.items() if value is not None}}
        with subprocess.Popen(
            ["taskset", "-c", str(self.core), *wrk, self.url], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                yield Running(process, self.seconds + _GRACE_S)
            finally:
                process.kill()


@dataclass(frozen=True)
class Running:
    """A load under way."""

    process: "subprocess.Popen[str]"
    limit_s: float

    def ended(self) -> Load:
        """Waits for it. Raises AssertionError: a request failed."""
        output, _ = self.process.communicate(timeout=self.limit_s)
        assert self.process.returncode == 0, output
        return Load.of(json.loads(output.splitlines()[-1]))
