"""The last words of a log."""

from pathlib import Path

_LINES = 12


def tail(log: Path) -> str:
    """The last lines of a log, indented; says so when there is none."""
    lines = log.read_text(errors="replace").splitlines()[-_LINES:] if log.exists() else []
    return "\n".join(f"    {line[:300]}" for line in lines) or "    (it wrote nothing)"
