"""The main job through the public door: a video in, exactly its frames out, a mail at the end."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fiapx import Client, Video
from fiapx_testing.archives import Archive, read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, NewAccount, Platform

WITHIN_S = 240


def extract(
    client: Client, video: Path, folder: Path, options: dict[str, object] | str | None = None
) -> tuple[Video, Archive]:
    """Uploads, waits, downloads, checks the archive against itself."""
    uploaded = client.videos.upload(video, options=options)
    finished = client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert finished.status == "completed", finished.error
    return finished, read_archive(client.videos.download(uploaded.id, folder / f"{uploaded.id}.zip"))


def test_one_frame_a_second_is_the_frame_on_screen_at_each_second(
    account: Account, clips: Clips, tmp_path: Path
) -> None:
    clip = clips.counter(frames=45, fps=10, b_frames=2)
    video, archive = extract(account.client, clip.path, tmp_path)
    assert archive.counters() == [0, 10, 20, 30, 40]
    assert archive.times_s() == [0, 1, 2, 3, 4]
    assert archive.names()[1] == "frame_000002_00-00-01.000.png"
    assert (video.frame_count, video.frames_expected, video.progress) == (5, 5, 1)


def test_ffmpeg_fps_gives_the_frames_of_the_ffmpeg_command_line(account: Account, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=45, fps=10, b_frames=2)
    _, archive = extract(account.client, clip.path, tmp_path, {"sampling": {"rule": "ffmpeg_fps", "fps": 1}})
    plain = tmp_path / "plain"
    plain.mkdir()
    argv = ["ffmpeg", "-v", "error", "-i", str(clip.path), "-vf", "fps=1", str(plain / "frame_%04d.png")]
    subprocess.run(argv, check=True, timeout=WITHIN_S)
    assert len(archive.images) == len(list(plain.iterdir()))
    assert archive.counters() == [
        Archive({"x": file.read_bytes()}, {}).counters()[0] for file in sorted(plain.iterdir())
    ]


def test_the_legacy_preset_names_frames_as_the_monolith_did(account: Account, clips: Clips, tmp_path: Path) -> None:
    _, archive = extract(account.client, clips.counter(frames=45, fps=10).path, tmp_path, "legacy")
    assert archive.names()[:2] == ["frame_0001.png", "frame_0002.png"]


def test_frames_can_be_had_as_jpeg_of_any_quality(account: Account, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=25, fps=10)
    by_quality = {}
    for quality in (95, 40):
        options: dict[str, object] = {"format": "jpeg", "quality": quality}
        video, archive = extract(account.client, clip.path, tmp_path, options)
        assert archive.counters() == [0, 10, 20]
        assert archive.names()[1] == "frame_000002_00-00-01.000.jpg"
        assert {image[:3] for image in archive.images.values()} == {b"\xff\xd8\xff"}
        said = (video.options["quality"], archive.manifest["options"]["quality"])
        assert said == (quality, quality)
        by_quality[quality] = sum(map(len, archive.images.values()))
    assert by_quality[40] < by_quality[95]


def test_a_range_counts_from_its_start(account: Account, clips: Clips, tmp_path: Path) -> None:
    options = {"sampling": {"rule": "fps", "fps": 2}, "range": {"start_s": 1.2, "end_s": 2.7}}
    _, archive = extract(account.client, clips.counter(frames=45, fps=10).path, tmp_path, options)
    assert archive.counters() == [12, 17, 22]


def test_a_video_shorter_than_one_interval_still_gives_a_frame(account: Account, clips: Clips, tmp_path: Path) -> None:
    _, archive = extract(account.client, clips.counter(frames=3, fps=30).path, tmp_path)
    assert archive.counters() == [0]


@pytest.mark.parametrize(
    ("codec", "container"),
    [("h264", "mov"), ("h264", "mkv"), ("h264", "ts"), ("mpeg4", "avi"), ("vp9", "webm"), ("h264", "flv")],
)
def test_the_usual_containers_give_the_same_frames(
    codec: str, container: str, account: Account, clips: Clips, tmp_path: Path
) -> None:
    clip = clips.counter(frames=25, fps=10, codec=codec, container=container, gop=10)
    _, archive = extract(account.client, clip.path, tmp_path)
    assert archive.counters() == [0, 10, 20]


def test_a_rotated_variable_rate_video_gives_upright_frames_at_true_times(
    account: Account, clips: Clips, tmp_path: Path
) -> None:
    clip = clips.counter(frames=30, fps=10, rotate=90, vfr=True, size=(180, 320))
    video, archive = extract(account.client, clip.path, tmp_path)
    on_screen = [max(n for n, time_s in enumerate(clip.times_s) if time_s <= second) for second in range(4)]
    assert archive.counters() == on_screen
    assert video.media is not None
    assert (video.media.width, video.media.height, video.media.rotation) == (180, 320, 90)


def test_what_the_client_said_of_the_video_comes_back(account: Account, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=10, fps=10)
    uploaded = account.client.videos.upload(
        clip.path, external_id="cam-7", metadata={"shift": "night"}, tags=["a", "b"], filename="Férias na praia.mp4"
    )
    video = account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert (video.external_id, video.metadata, video.tags) == ("cam-7", {"shift": "night"}, ["a", "b"])
    archive = read_archive(account.client.videos.download(uploaded.id, tmp_path / "a.zip"))
    assert archive.manifest["video"]["filename"] == "Férias na praia.mp4"
    assert archive.manifest["video"]["external_id"] == "cam-7"


def test_frames_and_manifest_can_be_read_without_the_archive(account: Account, clips: Clips, tmp_path: Path) -> None:
    video, archive = extract(account.client, clips.counter(frames=25, fps=10).path, tmp_path)
    assert [frame.name for frame in account.client.videos.frames(video.id)] == archive.names()
    assert [frame.name for frame in account.client.videos.manifest(video.id).frames] == archive.names()


def test_the_archive_is_downloaded_under_the_videos_name_and_in_ranges(account: Account, clips: Clips) -> None:
    clip = clips.counter(frames=10, fps=10)
    uploaded = account.client.videos.upload(clip.path, filename="Praia & mar.mp4")
    account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    answer = httpx.get(account.client.videos.archive_url(uploaded.id), headers={"Range": "bytes=0-3"}, timeout=WITHIN_S)
    assert (answer.status_code, answer.content) == (206, b"PK\x03\x04")
    assert "frames.zip" in answer.headers["content-disposition"]


async def test_its_user_gets_one_mail_with_the_name_and_the_number_of_frames(account: Account, clips: Clips) -> None:
    uploaded = account.client.videos.upload(clips.counter(frames=25, fps=10).path, filename="férias.mp4")
    account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    mails = await account.mails(count=2)
    completed = [mail for mail in mails if "férias.mp4" in mail.subject]
    assert len(completed) == 1
    assert "3" in completed[0].text
    assert str(uploaded.id) in completed[0].html


def test_a_cancelled_video_stays_cancelled_until_it_is_retried(account: Account, clips: Clips, tmp_path: Path) -> None:
    clip = clips.counter(frames=200, fps=10, size=(640, 360))
    uploaded = account.client.videos.upload(clip.path, options={"sampling": {"rule": "fps", "fps": 10}})
    assert account.client.videos.cancel(uploaded.id).status == "cancelled"
    retried = account.client.videos.retry(uploaded.id)
    assert retried.attempts == 2
    finished = account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert finished.status == "completed"
    archive = read_archive(account.client.videos.download(uploaded.id, tmp_path / "a.zip"))
    assert archive.counters() == list(range(200))


def test_a_deleted_video_is_gone_with_its_objects(
    account: Account, platform: Platform, clips: Clips, tmp_path: Path
) -> None:
    video, _ = extract(account.client, clips.counter(frames=10, fps=10).path, tmp_path)
    assert platform.objects_of(video.id) != []
    account.client.videos.delete(video.id)
    assert video.id not in {one.id for one in account.client.videos.list()}
    platform.until(lambda: platform.objects_of(video.id) == [])


def test_ten_videos_of_three_users_at_once_all_complete(new_account: NewAccount, clips: Clips, tmp_path: Path) -> None:
    accounts = [new_account() for _ in range(3)]
    jobs = [(accounts[n % 3], clips.counter(frames=30 + n, fps=10, b_frames=2).path, tmp_path) for n in range(10)]
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda job: extract(job[0].client, job[1], job[2])[1], jobs))
    expected = [list(range(0, 30 + n, 10)) for n in range(10)]
    assert [archive.counters() for archive in results] == expected


def test_ten_videos_complete_although_a_worker_is_killed_midway(
    platform: Platform, new_account: NewAccount, clips: Clips, tmp_path: Path
) -> None:
    accounts = [new_account() for _ in range(3)]
    clip = clips.counter(frames=100, fps=10, b_frames=2)
    # other options each time, or kept results would be given again
    options = [{"sampling": {"rule": "fps", "fps": 10}, "max_frames": 1000 + n} for n in range(10)]
    uploaded = [
        (accounts[n % 3], accounts[n % 3].client.videos.upload(clip.path, options=options[n])) for n in range(10)
    ]
    platform.until(
        lambda: any(account.client.videos.get(one.id).progress > 0 for account, one in uploaded), within_s=60
    )
    platform.kill("worker-1")
    for account, one in uploaded:
        video = account.client.videos.wait(one.id, timeout_s=WITHIN_S)
        assert video.status == "completed", video.error
        archive = read_archive(account.client.videos.download(one.id, tmp_path / f"{one.id}.zip"))
        assert archive.counters() == list(range(100))


def test_no_copy_of_a_source_is_left_when_its_video_is_done(
    account: Account, platform: Platform, clips: Clips, tmp_path: Path
) -> None:
    video, _ = extract(account.client, clips.counter(frames=10, fps=10).path, tmp_path)
    platform.until(lambda: list(platform.scratch.rglob(f"{video.id.hex}*")) == [])
