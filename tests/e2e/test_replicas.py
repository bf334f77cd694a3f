"""Two of every service: which of them answers, and whether it lives, makes no difference."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from fiapx import Client
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240
KILLED = ("auth", "upload", "planner", "notification", "gateway")


@pytest.fixture
def elsewhere(platform: Platform, account: Account) -> Iterator[Client]:
    """The account's session at the other gateway; patient while replicas come and go."""
    with Client(platform.gateway_urls[1], api_key=account.client.access_token) as client:
        yield client


def test_who_logged_in_at_one_gateway_uploads_through_another_and_reads_from_both(
    account: Account, elsewhere: Client, clips: Clips, tmp_path: Path
) -> None:
    uploaded = elsewhere.videos.upload(clips.counter(frames=25, fps=10).path)
    assert account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S).status == "completed"
    archive = read_archive(elsewhere.videos.download(uploaded.id, tmp_path / "frames.zip"))
    assert archive.counters() == [0, 10, 20]


@pytest.mark.kills
@pytest.mark.timeout(1200)
async def test_one_of_each_service_killed_ends_no_session_and_loses_nothing(
    platform: Platform, account: Account, elsewhere: Client, clips: Clips, tmp_path: Path
) -> None:
    clip = clips.counter(frames=100, fps=10, size=(640, 360), b_frames=2)
    uploaded = []
    for number, program in enumerate(KILLED):
        # other options each time, or a kept result would be given again and no work would be under way
        options = {"sampling": {"rule": "fps", "fps": 10}, "max_frames": 1000 + number}
        uploaded.append(elsewhere.videos.upload(clip.path, options=options))
        platform.kill(program)
        assert elsewhere.me().email == account.address

    for video in uploaded:
        assert elsewhere.videos.wait(video.id, timeout_s=WITHIN_S).status == "completed"
        archive = read_archive(elsewhere.videos.download(video.id, tmp_path / f"{video.id}.zip"))
        assert archive.counters() == list(range(100))
    mails = await account.mails(count=1 + len(KILLED))
    assert len(mails) == 1 + len(KILLED)
    for program in KILLED:
        platform.until(partial(platform.is_ready, program))
