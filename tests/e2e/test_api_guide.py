"""docs/api.md, as a newcomer would follow it."""

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Platform

GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
WITHIN_S = 240


@pytest.mark.timeout(300)
def test_every_step_of_the_guide_works_as_it_stands(platform: Platform, clips: Clips, tmp_path: Path) -> None:
    steps = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    own = {
        "FIAPX": platform.url,
        "VIDEO": str(clips.counter(frames=40, fps=10).path),
        "EMAIL": f"guide-{tmp_path.name}-{os.getpid()}@example.com",
    }

    ran = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "".join(steps)],
        cwd=tmp_path,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-3000:]
    assert "invalid_options" in ran.stdout
    assert "video_not_found" in ran.stdout
    for name, images in {"frames.zip": 8, "two-frames.zip": 2, "other-frames.zip": 3}.items():
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert archive.testzip() is None
            assert sum(entry.endswith((".jpg", ".png")) for entry in archive.namelist()) == images
