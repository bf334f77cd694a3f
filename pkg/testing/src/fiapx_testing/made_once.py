"""Files that several processes want: the first one makes each, the others wait for it."""

import fcntl
from collections.abc import Callable
from pathlib import Path


def made_once(path: Path, make: Callable[[Path], object]) -> Path:
    """The file; `make` writes it under another name with the same suffix, so nobody sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        with path.with_name(f"{path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                part = path.with_name(f"part-{path.name}")
                make(part)
                part.replace(path)
    return path
