"""What the processes of a stack get from the environment of the person who starts it: little."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from fiapx_local.process_table import MARK

_TAKEN_OVER = ("HOME", "LANG", "LC_ALL", "LOGNAME", "SSL_CERT_FILE", "TMPDIR", "TZ", "USER")
_TAKEN_OVER_BY_PREFIX = ("COVERAGE_", "OTEL_")


def of_processes(state: Path, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of everything that runs for this state folder."""
    kept = {name: value for name, value in environment.items() if _is_taken_over(name)}
    path = f"{Path(sys.executable).parent}:{environment.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "PYTHONUNBUFFERED": "1", MARK: str(state)}


def of_terminal(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """How wide a person's terminal is, where that was said."""
    return {name: value for name, value in environment.items() if name == "COLUMNS"}


def of_prefix(prefix: str, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Settings of one service that a person chose, such as UPLOAD_LIMITS__FILE_BYTES."""
    return {name: value for name, value in environment.items() if name.startswith(f"{prefix}_")}


def _is_taken_over(name: str) -> bool:
    return name in _TAKEN_OVER or name.startswith(_TAKEN_OVER_BY_PREFIX)
