"""What `engine` does once its fork server has begun."""

import asyncio
from pathlib import Path

from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.local_archive import extract_to_zip
from fiapx_engine.opening import opened_engine
from fiapx_models.options import read_options


def main(server: ForkServer, video: Path, options: str, threads: int) -> None:
    """Leaves `frames.zip` in the folder that is the current one."""
    asyncio.run(_extract(server, video, options, threads))


async def _extract(server: ForkServer, video: Path, options: str, threads: int) -> None:
    ffmpeg, libav = FfmpegSettings(threads=threads), LibavSettings(threads=threads)
    engine = await opened_engine("auto", ffmpeg, libav, server)
    await extract_to_zip(engine, video, read_options(options), Path("frames.zip"), lambda _now, _all: None)
