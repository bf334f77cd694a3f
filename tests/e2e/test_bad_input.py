"""Bad input: a clear problem at once, or `failed` with a stable code, words and a mail where only decoding can tell."""

import secrets
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from fiapx import Client, ProblemError
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account, Platform

WITHIN_S = 240


@pytest.fixture(scope="module")
def tidy(platform: Platform) -> Iterator[Account]:
    """A user none of whose uploads are kept."""
    account = platform.new_account()
    with account.client:
        yield account


@pytest.fixture(scope="module")
def someones_video(platform: Platform, clips: Clips) -> UUID:
    """A video that stays its owner's."""
    with platform.new_account().client as owner:
        return owner.videos.upload(clips.counter(frames=10, fps=10).path).id


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def a_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "no video")
    return path


NOT_VIDEOS: dict[str, tuple[Callable[[Path], Path], int, str]] = {
    "empty": (lambda path: write(path, b""), 422, "empty_file"),
    "text": (lambda path: write(path, b"This is no video at all. " * 50), 415, "unsupported_container"),
    "zip": (a_zip, 415, "unsupported_container"),
    "random": (lambda path: write(path, secrets.token_bytes(100_000)), 415, "unsupported_container"),
    "playlist": (lambda path: write(path, b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"), 415, "unsupported_container"),
}


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as caught:
        call()
    assert caught.value.detail
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("kind", NOT_VIDEOS)
def test_a_file_that_is_no_video_is_refused_at_once(kind: str, tidy: Account, tmp_path: Path) -> None:
    make, status, code = NOT_VIDEOS[kind]
    file = make(tmp_path / "video.mp4")
    assert refused(lambda: tidy.client.videos.upload(file)) == (status, code)
    assert list(tidy.client.videos.list()) == []


OPTIONS: dict[str, str] = {
    "unknown option": '{"colour": "red"}',
    "unknown rule": '{"sampling": {"rule": "random"}}',
    "fps 0": '{"sampling": {"rule": "fps", "fps": 0}}',
    "fps negative": '{"sampling": {"rule": "fps", "fps": -1}}',
    "fps NaN": '{"sampling": {"rule": "fps", "fps": NaN}}',
    "fps 10^9": '{"sampling": {"rule": "fps", "fps": 1000000000}}',
    "fps text": '{"sampling": {"rule": "fps", "fps": "fast"}}',
    "no JSON": "{fps: 1",
    "a list": "[]",
    "endless nesting": "[" * 50_000,
}


@pytest.mark.parametrize("kind", OPTIONS)
def test_options_that_make_no_sense_are_refused_and_nothing_is_kept(kind: str, tidy: Account, clips: Clips) -> None:
    clip = clips.counter(frames=10, fps=10).path
    with pytest.raises(ProblemError) as caught:
        tidy.client.videos.upload(clip, options=OPTIONS[kind])
    assert (caught.value.status, caught.value.code) == (422, "invalid_options")
    assert caught.value.errors[0].field.startswith("options")
    assert list(tidy.client.videos.list()) == []


def test_a_form_without_a_file_says_which_field_is_missing(account: Account, platform: Platform) -> None:
    answer = httpx.post(
        f"{platform.url}/api/v1/videos",
        headers={"Authorization": f"Bearer {account.client.access_token}"},
        files={"options": (None, "{}")},
        timeout=WITHIN_S,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "no_file")


@pytest.mark.parametrize("token", ["-", "nonsense", "a.b.c"])
def test_a_wrong_token_is_refused(token: str, platform: Platform) -> None:
    answer = httpx.get(f"{platform.url}/api/v1/videos", headers={"Authorization": f"Bearer {token}"}, timeout=WITHIN_S)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_an_unknown_video_is_not_found(account: Account) -> None:
    assert refused(lambda: account.client.videos.get(uuid4())) == (404, "video_not_found")


VERBS: dict[str, Callable[[Client, object], object]] = {
    "get": lambda client, video: client.videos.get(video),  # type: ignore[arg-type]
    "cancel": lambda client, video: client.videos.cancel(video),  # type: ignore[arg-type]
    "retry": lambda client, video: client.videos.retry(video),  # type: ignore[arg-type]
    "delete": lambda client, video: client.videos.delete(video),  # type: ignore[arg-type]
    "archive": lambda client, video: client.videos.archive_url(video),  # type: ignore[arg-type]
    "frames": lambda client, video: list(client.videos.frames(video)),  # type: ignore[arg-type]
    "manifest": lambda client, video: client.videos.manifest(video),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("verb", VERBS)
def test_another_users_video_is_not_found(verb: str, tidy: Account, someones_video: UUID) -> None:
    assert refused(lambda: VERBS[verb](tidy.client, someones_video)) == (404, "video_not_found")


def test_the_archive_of_a_video_that_is_not_ready_is_a_conflict(account: Account, clips: Clips) -> None:
    clip = clips.counter(frames=600, fps=10, size=(640, 360))
    video = account.client.videos.upload(clip.path, options={"sampling": {"rule": "fps", "fps": 10}})
    assert refused(lambda: account.client.videos.archive_url(video.id)) == (409, "not_ready")
    account.client.videos.cancel(video.id)


def audio_only(_clips: Clips, folder: Path) -> Path:
    path = folder / "song.mp4"
    argv = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:a", "aac", str(path)]
    subprocess.run(argv, check=True, timeout=WITHIN_S)
    return path


def truncated(clips: Clips, folder: Path) -> Path:
    whole = clips.counter(frames=200, fps=10, container="mkv", size=(640, 360)).path.read_bytes()
    return write(folder / "cut.mkv", whole[: len(whole) // 2])


def headless(clips: Clips, folder: Path) -> Path:
    """An MP4 whose index, written last, never came."""
    whole = clips.counter(frames=200, fps=10, size=(640, 360)).path.read_bytes()
    return write(folder / "headless.mp4", whole[: whole.rindex(b"moov") - 4])


@pytest.mark.parametrize(
    ("make", "codes"), [(audio_only, {"no_video"}), (headless, {"damaged", "unsupported_container"})]
)
async def test_what_only_decoding_can_tell_fails_with_a_code_words_and_a_mail(
    make: Callable[[Clips, Path], Path], codes: set[str], account: Account, clips: Clips, tmp_path: Path
) -> None:
    uploaded = account.client.videos.upload(make(clips, tmp_path))
    video = account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert video.status == "failed"
    assert video.error is not None
    assert video.error.code in codes
    assert video.error.hint
    mails = await account.mails(count=2)
    assert [mail for mail in mails if uploaded.filename in mail.subject and video.error.code in mail.text]


def test_too_many_frames_are_refused_in_the_plan(account: Account, clips: Clips) -> None:
    uploaded = account.client.videos.upload(
        clips.counter(frames=3000, fps=20, size=(160, 90)).path, options={"sampling": {"rule": "fps", "fps": 1000}}
    )
    video = account.client.videos.wait(uploaded.id, timeout_s=WITHIN_S)
    assert video.error is not None
    assert video.error.code == "too_many_frames"


def test_after_all_of_it_a_good_video_completes(account: Account, clips: Clips, tmp_path: Path) -> None:
    account.client.videos.upload(truncated(clips, tmp_path))
    good = account.client.videos.upload(clips.counter(frames=10, fps=10).path)
    assert account.client.videos.wait(good.id, timeout_s=WITHIN_S).status == "completed"
