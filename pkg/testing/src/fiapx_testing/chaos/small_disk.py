"""A folder on a small disk of its own, for those who may mount one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SIZE: Final = "256m"
_TIMEOUT_S: Final = 30


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """The folder, which is gone after the block; None where nothing can be mounted: not as root, or in a container."""
    release(folder)
    folder.mkdir(parents=True)
    try:
        yield folder if _done("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "fiapx-chaos", str(folder)) else None
    finally:
        release(folder)


def release(folder: Path) -> None:
    """Removes it, also one that a run which was killed left mounted."""
    if folder.is_mount():
        _done("umount", "--lazy", str(folder))
    shutil.rmtree(folder, ignore_errors=True)


def _done(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_S).returncode == 0
