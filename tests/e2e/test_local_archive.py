"""`fiapx extract --local` makes the platform's archive, byte for byte, but for what only a platform knows."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account

FIAPX = Path(sys.executable).with_name("fiapx")
WITHIN_S = 240

OPTIONS: list[dict[str, Any]] = [
    {},
    {"sampling": {"rule": "every", "frames": 7}, "format": "jpeg", "width": 160, "rotate": "off", "scores": True},
    {"sampling": {"rule": "keyframes"}, "format": "webp", "crop": {"x": 8, "y": 8, "width": 64, "height": 48}},
    {"sampling": {"rule": "fps", "fps": 10}, "dedup": {"threshold": 2}, "name_template": "{index:3}.at-{time}"},
]


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: ",".join(options) or "none")
def test_the_local_archive_is_the_platforms(
    options: dict[str, Any], account: Account, clips: Clips, tmp_path: Path
) -> None:
    video = clips.counter(frames=75, fps=10, gop=15, b_frames=2).path
    videos = account.client.videos
    done = videos.wait(videos.upload(video, options=options).id, timeout_s=WITHIN_S)
    words = ["extract", "--local", str(video), "--options", json.dumps(options), "-o", "local.zip", "--quiet"]
    subprocess.run([FIAPX, *words], cwd=tmp_path, check=True, timeout=WITHIN_S)

    ours = entries(videos.download(done.id, tmp_path / "platform.zip"))
    local = entries(tmp_path / "local.zip")

    told, told_locally = json.loads(ours.pop("manifest.json")), json.loads(local.pop("manifest.json"))
    assert list(ours) == list(local)
    assert ours == local
    assert told.pop("video") | {"id": None} == told_locally.pop("video") | {"id": None}
    assert told == told_locally
