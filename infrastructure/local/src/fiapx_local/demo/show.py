"""Uploads a film, waits for its frames and saves them, with progress bars."""

import json
import time
from collections.abc import Iterable
from pathlib import Path

from fiapx import Client, ClientError, Video
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from fiapx_local.checkout import ROOT
from fiapx_local.demo.account import Account, log_in
from fiapx_local.demo.sample import CREDIT, sample_film
from fiapx_local.errors import StackError
from fiapx_local.stack import Stack

_SAMPLES = ROOT / ".local" / "samples"
_WAITS_S = 3600


class DemoFailed(StackError):
    """The demonstration did not end with an archive."""


def show(stack: Stack, console: Console, *, video: str, options: str) -> None:
    """The whole demonstration; `video` is empty for the sample film, `options` empty or JSON."""
    begun = time.monotonic()
    chosen = _options(options)
    try:
        film = Path(video) if video else sample_film(_SAMPLES)
        if not film.is_file():
            raise DemoFailed(f"there is no file {film}")
        with console.status("starting the platform …"):
            stack.start()
        with Client(stack.settings.public_url) as client:
            account = log_in(client, stack.settings.layout.demo)
            take_frames(client, console, film, chosen, Path.cwd() / "frames.zip")
    except ClientError as error:
        raise DemoFailed(str(error)) from error
    console.print(_summary(stack, account, time.monotonic() - begun), markup=False)
    if not video:
        console.print(f"  film       {CREDIT}", markup=False)


def take_frames(client: Client, console: Console, film: Path, options: dict[str, object] | None, archive: Path) -> None:
    """Has the frames of a film saved as `archive`, and tells how many they are and what is worth knowing of them.

    Raises:
        DemoFailed: the video failed or was cancelled.
        ClientError: anything else.
    """
    finished = _process(client, console, film, options)
    client.videos.download(finished.id, archive)
    lines = [("frames", f"{finished.frame_count} in {archive} ({archive.stat().st_size / 1e6:.1f} MB)")]
    lines += [("note", warning.message) for warning in finished.warnings]
    console.print(_columns(lines), markup=False)


def _options(text: str) -> dict[str, object] | None:
    if not text:
        return None
    try:
        options = json.loads(text)
    except ValueError as error:
        raise DemoFailed(f"OPTIONS is not JSON: {error}") from error
    if not isinstance(options, dict):
        raise DemoFailed("""OPTIONS must be a JSON object, such as '{"sampling": {"rule": "fps", "fps": 2}}'""")
    return options


def _process(client: Client, console: Console, film: Path, options: dict[str, object] | None) -> Video:
    columns = (TextColumn("{task.description:<10}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        sending = bars.add_task("uploading", total=film.stat().st_size)
        video = client.videos.upload(
            film, options, on_progress=lambda sent, total: bars.update(sending, completed=sent, total=total)
        )
        working = bars.add_task("extracting", total=1.0)
        finished = client.videos.wait(
            video.id, _WAITS_S, on_progress=lambda now: bars.update(working, completed=now.progress)
        )
    if finished.status != "completed":
        reason = f"{finished.error.message} {finished.error.hint or ''}" if finished.error else ""
        raise DemoFailed(f"{film.name} ended as {finished.status}. {reason}".strip())
    return finished


def _summary(stack: Stack, account: Account, seconds: float) -> str:
    url = stack.settings.public_url
    lines = [
        ("time", f"{seconds:.1f} s from the command to the archive"),
        ("platform", f"{url}/"),
        ("login", f"{account.email}  {account.password}"),
        ("API docs", f"{url}/api/docs"),
        ("mail page", f"{stack.settings.mail_page_url}/"),
    ]
    return _columns(lines)


def _columns(lines: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:<10} {words}" for name, words in lines)
