"""A bounded load with something of everything: what succeeds, what is refused at once, and what fails."""

import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from fiapx import ProblemError, Video

from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clip, Clips
from fiapx_testing.monitoring import Prometheus
from fiapx_testing.platforms import Account, Platform
from fiapx_testing.receivers import Receiver, receiving

_ROUNDS: Final = 2  # a rate needs a first value
_VIDEOS: Final = 3
_WITHIN_S: Final = 180
_SEEN_WITHIN_S: Final = 60
COUNTERS: Final = (
    'fiapx_jobs_total{how="completed"}',
    "fiapx_frames_total",
    "fiapx_video_seconds_total",
    'fiapx_videos_finished_total{outcome="failed"}',
)
"""What a load's own count is compared with."""


@dataclass
class Load:
    """What a load came to, by its own count."""

    videos: int = 0
    """Completed."""
    frames: int = 0
    """In their archives."""
    video_s: float = 0
    """Their durations."""
    failed: int = 0
    """Accepted, but damaged."""
    before: dict[str, float] = field(default_factory=dict)
    """What Prometheus had of COUNTERS when the load began: others may have used the platform."""

    def counted(self, watch: Prometheus, counter: str) -> float:
        """By how much one of COUNTERS has grown since."""
        return watch.total(counter) - self.before[counter]


def drive(platform: Platform, watch: Prometheus, clips: Clips, folder: Path) -> Load:
    """Drives the platform; Prometheus has seen each round's end when the next one begins.

    Raises:
        AssertionError: something did not end as it should.
    """
    whole = clips.counter(frames=40, fps=10, b_frames=2)
    damaged = _damaged(clips, folder / "damaged.mkv")
    await_scrapes(watch)
    load = Load(before={counter: watch.total(counter) for counter in COUNTERS})
    with receiving() as program:
        for number in range(_ROUNDS):
            account = platform.new_account()
            with account.client as client:
                with _door(platform, account) as door:
                    door.post("/webhooks", json={"url": program.url}).raise_for_status()
                uploads = [client.videos.upload(whole.path, options=_options(n)) for n in range(_VIDEOS)]
                hopeless = client.videos.upload(damaged)
                _be_refused(platform, account, folder / "text.mp4")
                _follow(platform, account, uploads[0], watch)
                for video in uploads:
                    _finish(account, video, whole, folder, load)
                assert client.videos.wait(hopeless.id, timeout_s=_WITHIN_S).status == "failed"
                load.failed += 1
                assert client.videos.image(uploads[0].id, 1)
                assert len(list(client.videos.list())) == _VIDEOS + 1
            platform.until(partial(_has_heard, program, (number + 1) * (_VIDEOS + 1)), within_s=_WITHIN_S)
            platform.until(platform.is_whole, within_s=_WITHIN_S)
            await_scrapes(watch)
    return load


def _has_heard(program: Receiver, messages: int) -> bool:
    return len(program.received) >= messages


def _options(number: int) -> dict[str, Any]:
    """Others for each video, or a kept result would be given again and no frame would be counted."""
    return {"sampling": {"rule": "fps", "fps": 5}, "max_frames": 1000 + number}


def await_scrapes(watch: Prometheus) -> None:
    """Returns when every target has been scraped once more."""
    asked_at = time.time()
    Platform.until(lambda: watch.total("min(timestamp(up))") > asked_at, within_s=_SEEN_WITHIN_S)


def _finish(account: Account, video: Video, clip: Clip, folder: Path, load: Load) -> None:
    done = account.client.videos.wait(video.id, timeout_s=_WITHIN_S)
    assert done.status == "completed", done.error
    archive = read_archive(account.client.videos.download(video.id, folder / f"{video.id}.zip"))
    load.videos += 1
    load.frames += len(archive.images)
    load.video_s += float(clip.duration_s)


def _be_refused(platform: Platform, account: Account, text: Path) -> None:
    """A file that is no video, a video that is not there, and a wrong password."""
    text.write_bytes(b"This is no video at all. " * 50)
    with pytest.raises(ProblemError, match="415"):
        account.client.videos.upload(text)
    with _door(platform, account) as door:
        wrong = {"email": account.address, "password": "a wrong password"}
        assert door.post("/auth/login", json=wrong).status_code == httpx.codes.UNAUTHORIZED
        assert door.get("/videos/no-id").is_client_error


def _follow(platform: Platform, account: Account, video: Video, watch: Prometheus) -> None:
    """Hears of a video while Prometheus looks."""
    with _door(platform, account) as door, door.stream("GET", f"/videos/{video.id}/events") as events:
        assert events.is_success
        await_scrapes(watch)


def _door(platform: Platform, account: Account) -> httpx.Client:
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    return httpx.Client(base_url=f"{platform.url}/api/v1", headers=headers, timeout=_WITHIN_S, trust_env=False)


def _damaged(clips: Clips, path: Path) -> Path:
    """A video whose second half is missing."""
    content = clips.counter(frames=100, fps=10, container="mkv").path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path
