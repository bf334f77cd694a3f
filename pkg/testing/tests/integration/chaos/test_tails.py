import subprocess
from pathlib import Path

import pytest
from fiapx_testing.chaos.tails import with_tail
from fiapx_testing.clips import Clips


def frames_of(path: Path) -> bytes:
    words = ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "framemd5", "-"]
    shown = subprocess.run(words, capture_output=True, check=True, timeout=60)
    assert shown.stderr == b""
    return shown.stdout


@pytest.mark.parametrize(("codec", "container"), [("h264", "mp4"), ("vp9", "webm")])
def test_a_tail_makes_another_file_with_the_same_frames(
    clips: Clips, tmp_path: Path, codec: str, container: str
) -> None:
    clip = clips.counter(frames=10, codec=codec, container=container).path
    other = tmp_path / clip.name
    other.write_bytes(with_tail(clip.read_bytes(), container, b"sixteen bytes ab"))

    assert other.stat().st_size > clip.stat().st_size
    assert frames_of(other) == frames_of(clip)


def test_without_a_tail_it_is_the_same_file(clips: Clips) -> None:
    clip = clips.counter(frames=10).path.read_bytes()

    assert with_tail(clip, "mp4", b"") == clip
