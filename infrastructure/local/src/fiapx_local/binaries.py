"""Where the servers' programs are on this machine."""

import shutil
import sys
from pathlib import Path

from fiapx_local.errors import StackError


class ProgramMissing(StackError):
    """A program that the stack needs is not installed."""


def find(name: str, *folders: str) -> str:
    """The path of a program, looked for in the given folders (globs below /) before PATH; the newest version first."""
    for pattern in folders:
        for folder in sorted(Path("/").glob(pattern), key=_version, reverse=True):
            if (folder / name).exists():
                return str(folder / name)
    beside_python = Path(sys.executable).with_name(name)
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if found is None:
        raise ProgramMissing(f"{name} is not installed: run make up (it installs what is missing) or use make compose")
    return found


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parts if part.isdigit())
