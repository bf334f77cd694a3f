"""Frames of a file by the engine in this process, with a bar; needs the extra `local`."""

import asyncio
import logging
from pathlib import Path

from fiapx_engine.cpus import usable_threads
from fiapx_engine.errors import EngineError
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.local_archive import Made, extract_to_zip
from fiapx_engine.opening import EngineChoice, opened_engine
from fiapx_models.options import Options
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class LocalFailed(Exception):
    """Says why; no archive was written."""


def extract_locally(
    video: Path,
    options: Options,
    target: Path,
    console: Console,
    *,
    choice: EngineChoice,
    server: ForkServer,
    quiet: bool,
) -> None:
    """Writes `target`, and says what came of it.

    Raises:
        LocalFailed: the video cannot be read or decoded, or the archive not be written.
    """
    logging.getLogger("fiapx_engine").addHandler(logging.NullHandler())
    try:
        made = asyncio.run(_extract(video, options, target, _bar(console, quiet=quiet), choice=choice, server=server))
    except EngineError as error:
        raise LocalFailed(f"{error.code}: {error.detail}") from error
    except OSError as error:
        raise LocalFailed(f"{error.filename or target}: {error.strerror}") from error
    for warning in made.warnings:
        console.print(f"[yellow]warning:[/] {escape(warning)}")
    if not quiet:
        console.print(
            f"{made.frame_count} frames, {made.size_bytes / 1e6:.1f} MB: {escape(str(target))}", highlight=False
        )


async def _extract(
    video: Path, options: Options, target: Path, bar: Progress, *, choice: EngineChoice, server: ForkServer
) -> Made:
    threads = usable_threads()
    ffmpeg, libav = FfmpegSettings(threads=threads), LibavSettings(threads=threads)
    with bar:
        task = bar.add_task("frames", total=None)

        def show(made: int, planned: int) -> None:
            bar.update(task, completed=made, total=planned)

        engine = await opened_engine(choice, ffmpeg, libav, server)
        return await extract_to_zip(engine, video, options, target, show)


def _bar(console: Console, *, quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=quiet)
