"""Frames can be seen while the rest of a long video is being worked on."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
FRAMES = 300
EVERY_FRAME: dict[str, object] = {"sampling": {"rule": "fps", "fps": 10}}


@pytest.mark.timeout(1200)
def test_the_first_frames_are_the_archives_and_come_long_before_it(
    platform: Platform, account: Account, clips: Clips, tmp_path: Path
) -> None:
    clip = clips.counter(frames=FRAMES, fps=10, size=(1280, 720), gop=100)
    accepted = account.client.videos.upload(clip.path, options=EVERY_FRAME)
    headers = {"Authorization": f"Bearer {account.client.access_token}"}
    with httpx.Client(
        base_url=f"{platform.url}/api/v1/videos/{accepted.id}", headers=headers, timeout=WITHIN_S
    ) as http:
        seen = _first_seen(http)
        first = seen["items"][0]
        image = http.get(f"/frames/{first['index']}")
        small = http.get(f"/frames/{first['index']}", params={"width": 320})
        unmade = http.get(f"/frames/{FRAMES}")
        beyond = http.get(f"/frames/{FRAMES + 1}")
        archive = http.get("/frames.zip")
    # rows come first, and the news of them a moment later
    platform.until(lambda: account.client.videos.get(accepted.id).frames_ready > 0, within_s=WITHIN_S)
    video = account.client.videos.get(accepted.id)
    assert (video.status, video.frames_expected) == ("processing", FRAMES)
    assert 0 < len(seen["items"]) < FRAMES
    assert 0 < video.frames_ready < FRAMES
    assert 0 < video.progress < 1
    assert (image.status_code, image.headers["Cache-Control"]) == (200, "private, no-cache")
    assert (small.status_code, small.headers["Content-Type"]) == (200, "image/jpeg")
    assert [(answer.status_code, answer.json()["code"]) for answer in (unmade, beyond, archive)] == [
        (409, "not_ready"),
        (404, "frame_not_found"),
        (409, "not_ready"),
    ]

    finished = account.client.videos.wait(accepted.id, timeout_s=WITHIN_S)
    assert (finished.frame_count, finished.frames_ready, finished.progress) == (FRAMES, FRAMES, 1)
    whole = read_archive(account.client.videos.download(accepted.id, tmp_path / "frames.zip"))
    assert whole.counters() == list(range(FRAMES))
    assert whole.images[first["name"]] == image.content


def _first_seen(http: httpx.Client) -> dict[str, Any]:
    """The first page that has frames."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        answer = http.get("/frames", params={"limit": 200})
        page: dict[str, Any] = answer.json()
        if answer.status_code == 200 and page["items"]:
            return page
        assert answer.status_code in {200, 409}, page
        assert time.monotonic() < deadline
        time.sleep(0.05)
