"""Tells whether the code of a service changed since it was started."""

import hashlib
from pathlib import Path

from fiapx_local.checkout import ROOT

_SHARED = ("pkg/common/src", "pkg/models/src", "proto/src")
_ALSO = {"processing_service": ("pkg/engine/src",)}


def fingerprint(directory: Path, package: str) -> str:
    """A short hash over the names, sizes and times of the files that the service runs."""
    folders = [directory / "src", *(ROOT / folder for folder in (*_SHARED, *_ALSO.get(package, ())))]
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".sql")):
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
