"""A folder of this process on the local disk; the folders of processes that died are removed, no others."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final, TextIO

import structlog

log = structlog.get_logger(__name__)
_LOCK: Final = "lock"


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A fresh folder below `parent`, removed at the end. A lock tells others that its process lives."""
    parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(parent)
    folder = parent / f"process-{token_hex(8)}"
    folder.mkdir(mode=0o700)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob("process-*"):
        lock = _lock_of_the_dead(folder)
        if lock is None:
            continue
        with lock:
            shutil.rmtree(folder, ignore_errors=True)
        log.info("scratch.removed", folder=folder.name)


def _lock_of_the_dead(folder: Path) -> TextIO | None:
    """The lock, taken; None where a living process has it, or has only just made its folder."""
    try:
        lock = (folder / _LOCK).open("r+")
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock
