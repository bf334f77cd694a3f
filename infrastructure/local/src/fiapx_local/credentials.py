"""Random secrets, made at the first start and kept in files that only their owner reads."""

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

KEY_ENCRYPTION_KEY = "auth-key-encryption-key"


@dataclass(frozen=True)
class Credentials:
    """The secrets of one stack, one file each."""

    folder: Path

    def of(self, name: str) -> str:
        """The secret of that name; made when asked for the first time."""
        path = self.folder / name
        if not path.exists():
            write_private(path, _fresh(name))
        return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a whole file that only its owner may read, or leave none."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    part.replace(path)


def _fresh(name: str) -> str:
    if name == KEY_ENCRYPTION_KEY:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return secrets.token_urlsafe(24)
