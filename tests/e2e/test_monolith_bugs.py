"""One test per bug of the monolith that this product replaces."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fiapx import ProblemError
from fiapx_testing.archives import Archive, read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240


def test_two_uploads_in_the_same_second_do_not_mix(account: Account, clips: Clips, tmp_path: Path) -> None:
    files = [clips.counter(frames=10 * n, fps=10).path for n in (1, 2, 3, 4)]
    with ThreadPoolExecutor(4) as pool:
        videos = list(pool.map(lambda file: account.client.videos.upload(file, filename="same.mp4"), files))
    for video in videos:
        account.client.videos.wait(video.id, timeout_s=WITHIN_S)
    archives = [read_archive(account.client.videos.download(one.id, tmp_path / f"{one.id}.zip")) for one in videos]
    assert [len(archive.images) for archive in archives] == [1, 2, 3, 4]


def test_results_are_neither_public_nor_guessable(account: Account, platform: Platform, clips: Clips) -> None:
    video = account.client.videos.upload(clips.counter(frames=10, fps=10).path)
    account.client.videos.wait(video.id, timeout_s=WITHIN_S)
    link = account.client.videos.archive_url(video.id)
    unsigned = link.split("?", 1)[0]
    assert httpx.get(link, timeout=WITHIN_S).status_code == 200
    assert httpx.get(unsigned, timeout=WITHIN_S).status_code == 403


def test_names_sort_in_time_order_beyond_9999_frames(account: Account, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=10_050, fps=100, size=(40, 24), gop=250)
    options = {"preset": "legacy", "sampling": {"rule": "ffmpeg_fps", "fps": 100}}
    video = account.client.videos.upload(clip.path, options=options)
    assert account.client.videos.wait(video.id, timeout_s=WITHIN_S).status == "completed"
    archive = read_archive(account.client.videos.download(video.id, tmp_path / "a.zip"))
    names = archive.names()
    assert len(names) >= 10_049
    assert names == sorted(names)
    about_9999 = dict(list(archive.images.items())[9_990:10_010])
    assert Archive(about_9999, {}).counters() == list(range(9_990, 10_010))


def test_a_failed_videos_source_can_be_removed(
    account: Account, platform: Platform, tmp_path: Path, clips: Clips
) -> None:
    whole = clips.counter(frames=50, fps=10).path.read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole[: whole.rindex(b"moov") - 4])
    video = account.client.videos.upload(broken)
    assert account.client.videos.wait(video.id, timeout_s=WITHIN_S).status == "failed"
    account.client.videos.delete(video.id)
    platform.until(lambda: platform.objects_of(video.id) == [])


def test_a_failure_tells_nothing_of_the_decoders_inner_words(account: Account, tmp_path: Path, clips: Clips) -> None:
    whole = clips.counter(frames=50, fps=10).path.read_bytes()
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole[: whole.rindex(b"moov") - 4])
    video = account.client.videos.upload(broken)
    error = account.client.videos.wait(video.id, timeout_s=WITHIN_S).error
    assert error is not None
    assert not any(word in f"{error.message} {error.hint}".lower() for word in ("ffmpeg", "libav", "moov", "0x", "/"))


async def test_a_file_name_with_markup_runs_nowhere(account: Account, clips: Clips) -> None:
    name = "<img src=x onerror=alert(1)>.mp4"
    video = account.client.videos.upload(clips.counter(frames=10, fps=10).path, filename=name)
    account.client.videos.wait(video.id, timeout_s=WITHIN_S)
    mail = next(mail for mail in await account.mails(count=2) if "onerror" in mail.subject)
    assert "<img src=x" not in mail.html


@pytest.mark.parametrize("size", [0, 100])
def test_a_failure_is_not_answered_with_200(size: int, account: Account, tmp_path: Path) -> None:
    file = tmp_path / "video.mp4"
    file.write_bytes(b"x" * size)
    with pytest.raises(ProblemError) as caught:
        account.client.videos.upload(file)
    assert caught.value.status in {415, 422}


def test_an_upload_is_answered_before_its_frames_are_made(account: Account, clips: Clips) -> None:
    clip = clips.counter(frames=600, fps=10, size=(640, 360))
    began = time.monotonic()
    video = account.client.videos.upload(clip.path, options={"sampling": {"rule": "fps", "fps": 10}})
    answered_s = time.monotonic() - began
    finished = account.client.videos.wait(video.id, timeout_s=WITHIN_S)
    assert video.status == "queued"
    assert finished.status == "completed"
    assert answered_s < time.monotonic() - began
