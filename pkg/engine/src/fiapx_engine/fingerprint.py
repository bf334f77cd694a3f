"""Which engine made a result: the same one makes the same bytes of the same source and options."""

import hashlib
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Final

_LIBRARIES: Final = ("av", "isal", "numpy", "simplejpeg")


def fingerprint(choice: str, ffmpeg: str) -> str:
    """32 hexadecimal digits, others after any change of the engine's code, its libraries or the program `ffmpeg`.

    Reads some 300 KB of files.
    """
    digest = hashlib.sha256(choice.encode())
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        digest.update(f"\0{path.relative_to(here)}\0".encode() + path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"\0{name} {version(name)}".encode())
    program = shutil.which(ffmpeg)
    if program is not None:
        facts = Path(program).stat()
        digest.update(f"\0{facts.st_size} {facts.st_mtime_ns}".encode())
    return digest.hexdigest()[:32]
