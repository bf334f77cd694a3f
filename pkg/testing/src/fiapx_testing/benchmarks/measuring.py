"""CPU time of a process and all that it waited for."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Seconds of CPU and on the wall; what was said on the standard output."""

    cpu_s: float
    wall_s: float
    said: str


@dataclass(frozen=True)
class Pairs:
    """Runs of two commands, one after the other by turns."""

    one: tuple[Run, ...]
    other: tuple[Run, ...]

    @property
    def ratios(self) -> list[float]:
        """CPU of the first ÷ CPU of the second, pair by pair."""
        return [one.cpu_s / other.cpu_s for one, other in zip(self.one, self.other, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


def pairs(one: Sequence[str], other: Sequence[str], count: int, told: Callable[[], object]) -> Pairs:
    """`told` after each run. Raises subprocess.CalledProcessError."""
    ones, others = [], []
    for _ in range(count):
        ones.append(run(one))
        told()
        others.append(run(other))
        told()
    return Pairs(tuple(ones), tuple(others))


def run(command: Sequence[str], keep: Path | None = None) -> Run:
    """Once, in a folder of its own: `keep`, or one that is removed."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as said:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=keep or folder, stdin=subprocess.DEVNULL, stdout=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.monotonic() - began
        said.seek(0)
        told = said.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(used.ru_utime + used.ru_stime, wall_s, told)
