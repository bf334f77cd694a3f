"""What `make demo` does once the platform runs."""

from io import StringIO
from pathlib import Path

import pytest
from fiapx import Client, ProblemError
from fiapx_local.demo.show import DemoFailed, take_frames
from fiapx_testing.archives import read_archive
from fiapx_testing.clips import Clips
from fiapx_testing.platforms import Account
from rich.console import Console


def told(client: Client, film: Path, options: dict[str, object] | None, archive: Path) -> str:
    """The last words of a demonstration, without its bars."""
    out = StringIO()
    take_frames(client, Console(file=out, width=140), film, options, archive)
    return out.getvalue()


def test_the_archive_is_saved_and_its_frames_are_counted(account: Account, clips: Clips, tmp_path: Path) -> None:
    film, archive = clips.counter(frames=45, fps=10).path, tmp_path / "frames.zip"
    words = told(account.client, film, None, archive)
    assert f"frames     5 in {archive}" in " ".join(words.split("\n"))
    assert "note" not in words
    assert len(read_archive(archive).images) == 5


def test_what_the_user_should_know_of_the_frames_is_told(account: Account, clips: Clips, tmp_path: Path) -> None:
    film = clips.counter(frames=45, fps=10).path
    words = told(account.client, film, {"range": {"start_s": 100}}, tmp_path / "frames.zip")
    assert "note       The range begins after the end of the video" in words


def test_a_film_that_cannot_be_read_ends_in_a_sentence(account: Account, tmp_path: Path) -> None:
    film = tmp_path / "notes.mp4"
    film.write_text("no film")
    with pytest.raises(ProblemError, match="This is a text file, not a video"):
        told(account.client, film, None, tmp_path / "frames.zip")


def test_a_film_that_fails_ends_in_its_reason(account: Account, clips: Clips, tmp_path: Path) -> None:
    film = tmp_path / "cut.mp4"
    film.write_bytes(clips.counter(frames=45, fps=10).path.read_bytes()[:2000])
    with pytest.raises(DemoFailed, match=r"cut\.mp4 ended as failed\. .+"):
        told(account.client, film, None, tmp_path / "frames.zip")
