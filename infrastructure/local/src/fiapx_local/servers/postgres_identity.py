"""PostgreSQL refuses to run as root: under which identity it runs here."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fiapx_local.errors import StackError


class StateFolderNotReachable(StackError):
    """The user that must run PostgreSQL cannot enter the state folder."""


@dataclass(frozen=True)
class Identity:
    """How to run a command as a user that PostgreSQL accepts."""

    prefix: tuple[str, ...] = ()
    owner: str | None = None
    """The user whose files they must be; None where they stay the caller's."""

    def run_as(self, *command: str) -> list[str]:
        return [*self.prefix, *command]

    def hand_over(self, path: Path) -> None:
        if self.owner is not None:
            shutil.chown(path, self.owner, self.owner)


def identity(folder: Path) -> Identity:
    """A plain user runs it as they are; root in a user namespace (the files stay root's), else as another user."""
    if os.geteuid() != 0:
        return Identity()
    user = _unprivileged_user()
    if _user_namespaces_work(user.pw_uid, user.pw_gid):
        return Identity((*_unshare(user.pw_uid, user.pw_gid), "--"))
    prefix = ("setpriv", f"--reuid={user.pw_name}", f"--regid={user.pw_gid}", "--init-groups", "--")
    if subprocess.run([*prefix, "test", "-x", str(folder.parent)], check=False).returncode != 0:
        raise StateFolderNotReachable(
            f"PostgreSQL runs as the user {user.pw_name}, who cannot enter {folder.parent}: "
            "set FIAPX_STATE_DIR to a folder below one that everybody may enter"
        )
    return Identity(prefix, owner=user.pw_name)


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _unshare(uid: int, gid: int) -> tuple[str, ...]:
    return ("unshare", "--user", f"--map-user={uid}", f"--map-group={gid}")


@cache
def _user_namespaces_work(uid: int, gid: int) -> bool:
    command = [*_unshare(uid, gid), "--", "true"]
    return shutil.which("unshare") is not None and subprocess.run(command, check=False, stderr=-3).returncode == 0
