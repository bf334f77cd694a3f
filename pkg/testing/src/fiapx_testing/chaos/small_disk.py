"""A folder on a small disk of its own, for those who may mount one, and how it gets full."""

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_TIMEOUT_S: Final = 30
_CRUMBS_BYTES: Final = 2 << 20
_PAGE_BYTES: Final = 4096
_AGAIN_AFTER_S: Final = 0.2
_OPTIONS: Final = "loop,nodelalloc"
"""What has no room is refused when it is written, not later."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def _nothing() -> None:
    pass


@contextmanager
def small_disk(folder: Path, size_bytes: int) -> Iterator[Path | None]:
    """The folder, which is gone after the block; None where nothing can be mounted: not as root, or in a container.

    Its disk is a file beside it, so that what is flushed is on a disk indeed.
    """
    release(folder)
    folder.mkdir(parents=True)
    try:
        yield folder if _mounted(folder, size_bytes) else None
    finally:
        release(folder)


def release(folder: Path) -> None:
    """Removes it, also one that a run which was killed left mounted."""
    if folder.is_mount():
        _done("umount", "--lazy", str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    _image(folder).unlink(missing_ok=True)


def keep_full(disk: Path, seconds: float, once_full: Callable[[], None] = _nothing) -> None:
    """Returns when its time is over; then there is room again."""
    filler = disk / "filler"
    until = time.monotonic() + seconds
    try:
        fill(filler)
        once_full()
        while time.monotonic() < until:
            fill(filler)  # again, since what others remove leaves room
            time.sleep(_AGAIN_AFTER_S)
    finally:
        filler.unlink(missing_ok=True)


def fill(file: Path) -> None:
    """Lets a file grow until its disk has no room left."""
    with file.open("ab", buffering=0) as sink:
        _grow(sink.fileno())
        while _grow(sink.fileno()):  # what the disk kept for its own bookkeeping is free once it is written
            pass


def _grow(file: int) -> int:
    """By so many bytes."""
    before = os.fstat(file).st_size
    disk = os.fstatvfs(file)
    free_bytes = disk.f_bfree * disk.f_frsize - _CRUMBS_BYTES
    try:
        if free_bytes > 0:
            os.posix_fallocate(file, before, free_bytes)
        while True:
            os.write(file, bytes(_PAGE_BYTES))
    except OSError as error:
        if error.errno not in _FULL:
            raise
    os.fsync(file)
    return os.fstat(file).st_size - before


def _mounted(folder: Path, size_bytes: int) -> bool:
    image = _image(folder)
    with image.open("wb") as disk:
        disk.truncate(size_bytes)
    mounts = _done("mkfs.ext4", "-q", "-m", "0", str(image)) and _done("mount", "-o", _OPTIONS, str(image), str(folder))
    if mounts:
        (folder / "lost+found").rmdir()
    return mounts


def _image(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.img")


def _done(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True, timeout=_TIMEOUT_S).returncode == 0
    except FileNotFoundError:
        return False
