"""Real files of real encoders are known by their first bytes."""

import pytest
from fiapx_testing.clips import Clips
from upload_service.entities.containers import HEAD_BYTES, container_of


@pytest.mark.parametrize(
    ("extension", "codec", "container"),
    [
        ("mp4", "h264", "mov"),
        ("mov", "prores", "mov"),
        ("mkv", "ffv1", "matroska"),
        ("webm", "vp9", "matroska"),
        ("avi", "mpeg4", "avi"),
        ("ts", "h264", "mpegts"),
        ("m2ts", "h264", "mpegts"),
        ("mpg", "mpeg2video", "mpegps"),
        ("flv", "h264", "flv"),
        ("wmv", "mpeg4", "asf"),
    ],
)
def test_a_clip_is_known_by_its_first_bytes(extension: str, codec: str, container: str, clips: Clips) -> None:
    clip = clips.counter(frames=3, codec=codec, container=extension)
    assert container_of(clip.path.read_bytes()[:HEAD_BYTES]) == container
