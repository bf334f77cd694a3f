"""The API's document against an earlier one: the committed one, and that of the commit before."""

import json
import subprocess
from pathlib import Path
from typing import Final

from fiapx_testing.contracts.openapi_changes import breaking_changes

ANNOUNCED: Final = "BREAKING CHANGE:"
"""How a line of the message begins of a commit that means to break clients."""
_TIMEOUT_S: Final = 30


def breaking_texts(old: str, new: str) -> list[str]:
    """What breaks clients between two documents."""
    return breaking_changes(json.loads(old), json.loads(new))


def broken_by_last_commit(root: Path, file: Path) -> list[str]:
    """What breaks clients since the commit before and is not announced.

    Nothing where that is not here: of the first commit, or in a clone without history.
    """
    before = _git(root, "show", f"HEAD^:{file}")
    message = _git(root, "log", "-1", "--format=%B") or ""
    if before is None or any(line.startswith(ANNOUNCED) for line in message.splitlines()):
        return []
    broken = breaking_texts(before, (root / file).read_text())
    return [*broken, f"the last commit breaks clients and does not say {ANNOUNCED}"] if broken else []


def _git(root: Path, *arguments: str) -> str | None:
    done = subprocess.run(
        ["git", *arguments], cwd=root, check=False, capture_output=True, text=True, timeout=_TIMEOUT_S
    )
    return done.stdout if done.returncode == 0 else None
