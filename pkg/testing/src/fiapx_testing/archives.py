"""Reads an archive as a distrustful user would."""

import csv
import hashlib
import io
import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiapx_testing.frame_counter import read_counter


@dataclass(frozen=True)
class Archive:
    """The images by name, in the archive's order, and what the manifest says of them."""

    images: dict[str, bytes]
    manifest: dict[str, Any]

    def names(self) -> list[str]:
        return list(self.images)

    def counters(self) -> list[int]:
        """The number drawn in each image: which source frame it is."""
        return [read_counter(image) for image in self.images.values()]

    def times_s(self) -> list[float]:
        return [float(frame["time_s"]) for frame in self.manifest["frames"]]


def read_archive(path: Path) -> Archive:
    """Opens an archive and checks all that it says of itself.

    Raises:
        AssertionError, subprocess.CalledProcessError: unzip or zipfile finds a fault, or manifest and content differ.
    """
    subprocess.run(["unzip", "-tqq", str(path)], check=True, timeout=60)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        names = archive.namelist()
        assert names[-2:] == ["manifest.json", "frames.csv"]
        images = {name: archive.read(name) for name in names[:-2]}
        crcs = {entry.filename: entry.CRC for entry in archive.infolist()}
        manifest = json.loads(archive.read("manifest.json"))
        rows = list(csv.DictReader(io.StringIO(archive.read("frames.csv").decode())))
    assert sorted(images) == list(images)
    assert [row["name"] for row in rows] == list(images)
    assert [frame["name"] for frame in manifest["frames"]] == list(images)
    for frame in manifest["frames"]:
        name = frame["name"]
        told = (frame["bytes"], frame["crc32"], frame["sha256"])
        assert told == (len(images[name]), f"{crcs[name]:08x}", hashlib.sha256(images[name]).hexdigest())
    return Archive(images, manifest)
