"""How many threads are of use here: what the control groups of this process grant, not what the machine has."""

import os
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil
from pathlib import Path, PurePosixPath
from typing import Final

THREADS_AT_MOST: Final = 8
"""Of one decoder: each has frames in memory, and on more cores more segments do better."""

_QUOTA_V1 = "cpu.cfs_quota_us"
_PERIOD_V1 = "cpu.cfs_period_us"
_QUOTA_V2 = "cpu.max"
_NUMBER = re.compile(r"\d{1,18}")
_OCTAL = re.compile(r"\\([0-7]{3})")

ReadText = Callable[[str], str]
"""A file's text; empty where it cannot be read."""


def usable_threads() -> int:
    """From 1 to THREADS_AT_MOST: the quota rounded up, as far as this process may run on so many cores."""
    return threads_for(cpu_quota(_text), len(os.sched_getaffinity(0)))


def threads_for(quota: Fraction | None, cores: int) -> int:
    """The threads for a quota in cores (None: without one) on so many cores."""
    granted = cores if quota is None else min(ceil(quota), cores)
    return max(1, min(granted, THREADS_AT_MOST))


def cpu_quota(read: ReadText) -> Fraction | None:
    """The smallest quota of this process's groups and of those around them, in cores; None: there is none.

    Source: the kernel's `cgroup-v2.rst` (`cpu.max`) and `sched-bwc.rst` (`cpu.cfs_quota_us`), proc_pid_mountinfo(5).
    """
    groups = _groups(read("/proc/self/cgroup"))
    quotas: list[Fraction] = []
    for version, root, mounted in _mounts(read("/proc/self/mountinfo")):
        if version in groups:
            quotas += _quotas(read, version, mounted, _below(groups[version], root))
    return min(quotas, default=None)


def _groups(text: str) -> dict[int, PurePosixPath]:
    """The version of control groups → the group that counts CPU time."""
    found = {}
    for line in text.splitlines():
        number, controllers, path = (*line.split(":", 2), "", "")[:3]
        if (number, controllers) == ("0", ""):
            found[2] = PurePosixPath(path)
        elif "cpu" in controllers.split(","):
            found[1] = PurePosixPath(path)
    return found


def _mounts(text: str) -> Iterator[tuple[int, PurePosixPath, PurePosixPath]]:
    """(version, the group that is mounted, where) of each mount that may count CPU time."""
    for line in text.splitlines():
        mount, _, system = line.partition(" - ")
        root, mounted = (PurePosixPath(_OCTAL.sub(_character, part)) for part in (*mount.split(" "), *"\0" * 5)[3:5])
        kind, _, options = (*system.split(" "), "", "", "")[:3]
        if kind == "cgroup2":
            yield 2, root, mounted
        elif kind == "cgroup" and "cpu" in options.split(","):
            yield 1, root, mounted


def _below(group: PurePosixPath, root: PurePosixPath) -> PurePosixPath:
    """The group as a path below the mount; a container sees its own as the mount's root, whatever it is called."""
    return group.relative_to(root) if group.is_relative_to(root) else PurePosixPath()


def _quotas(read: ReadText, version: int, mounted: PurePosixPath, below: PurePosixPath) -> Iterator[Fraction]:
    below = below.relative_to("/") if below.is_absolute() else below
    for group in (below, *below.parents):
        folder = mounted / group
        if version == 1:
            quota, period = read(str(folder / _QUOTA_V1)).strip(), read(str(folder / _PERIOD_V1)).strip()
        else:
            quota, _, period = read(str(folder / _QUOTA_V2)).strip().partition(" ")
        # "max" and -1 mean none
        if _NUMBER.fullmatch(quota) and _NUMBER.fullmatch(period) and int(period):
            yield Fraction(int(quota), int(period))


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 8))


def _text(path: str) -> str:
    try:
        return Path(path).read_text()
    except (OSError, UnicodeDecodeError):
        return ""
