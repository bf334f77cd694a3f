"""Jobs of which ffmpeg has to find the scenes before they can be planned."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fiapx_models.events import VideoCancelled, VideoFailed, VideoProcessingStarted
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, Role

Platform = Any  # conftest's
MakeProgram = Callable[[str], str]
SCENES = '{"sampling":{"rule":"scenes"}}'
ENDLESS_SEARCH = 'case "$*" in *"gt(scene"*) exec ffmpeg -readrate 0.01 "$@";; *) exec ffmpeg "$@";; esac'


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Bars, black and a test picture, a second each at 10 frames a second."""
    path = tmp_path_factory.mktemp("cuts") / "cuts.mp4"
    graph = "smptebars=s=320x180:r=10:d=1[a];color=black:s=320x180:r=10:d=1[b];testsrc=s=320x180:r=10:d=1[c];"
    words = ["-f", "lavfi", "-i", f"{graph}[a][b][c]concat=n=3,format=yuv420p", "-c:v", "libx264", "-g", "4"]
    subprocess.run(["ffmpeg", "-v", "error", *words, str(path)], check=True, timeout=60)
    return path


@pytest.mark.parametrize("engine", ["auto", "ffmpeg"])
async def test_the_archive_has_the_first_frame_of_each_scene(platform: Platform, cuts: Path, engine: str) -> None:
    async with platform.running(engine=engine):
        video = await platform.upload_service.upload(cuts, SCENES)
        archive = await platform.archive(await platform.upload_service.completed(video))
    manifest = json.loads(archive.read("manifest.json"))
    assert [frame["frame"] for frame in manifest["frames"]] == [0, 10, 20]
    assert [frame["index"] for frame in manifest["frames"]] == [1, 2, 3]
    assert manifest["options"]["sampling"] == {"rule": "scenes", "threshold": 0.3}
    (started,) = platform.upload_service.heard(VideoProcessingStarted, video.video_id)
    assert started.frames_expected == 3


async def test_a_cancel_ends_the_search(platform: Platform, clips: Clips, program: MakeProgram) -> None:
    decoder = DecoderSettings(ffmpeg=program(ENDLESS_SEARCH))
    async with platform.running(roles=frozenset({Role.PLANNER}), engine="ffmpeg", decoder=decoder):
        video = await platform.upload_service.upload(clips.counter(frames=300).path, SCENES)
        await platform.until(lambda: searches(platform))
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
        # at the next look; two seconds are promised, and the search would take minutes
        await platform.until(lambda: has_ended(platform), timeout_s=20)


async def test_libav_alone_fails_the_job_as_ours(platform: Platform, cuts: Path) -> None:
    async with platform.running(engine="libav"):
        video = await platform.upload_service.upload(cuts, SCENES)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "internal"


async def searches(platform: Platform) -> bool:
    return any(is_search(pid) for pid in platform.decoders())


def is_search(pid: int) -> bool:
    try:
        return b"gt(scene" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False  # it has ended meanwhile


async def has_ended(platform: Platform) -> bool:
    return not platform.decoders()
