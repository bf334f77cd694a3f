"""What runs against what: each a command that leaves its result in a folder."""

import asyncio
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from fiapx_engine.ffmpeg_engine import FfmpegSettings
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.local_archive import extract_to_zip
from fiapx_engine.opening import opened_engine
from fiapx_models.options import read_options

ARCHIVE: Final = "frames.zip"


def naive(video: str, fps: str) -> list[str]:
    """What many do: ffmpeg's fps filter and PNGs with its defaults, then a deflated ZIP."""
    return [sys.executable, "-m", __name__, "naive", video, fps]


def engine(video: str, options: dict[str, object], threads: int = 2) -> list[str]:
    return [sys.executable, "-m", __name__, "engine", video, json.dumps(options), str(threads)]


def ffmpeg_jpeg(video: str, fps: str) -> list[str]:
    return ["ffmpeg", "-v", "error", "-i", video, "-vf", f"fps={fps}", "-q:v", "3", "-y", "frame_%04d.jpg"]


def floor(video: str) -> list[str]:
    """Decoding what is referred to, in one thread, and nothing else: no extraction can cost less."""
    return ["ffmpeg", "-v", "error", "-threads", "1", "-skip_frame", "noref", "-i", video, "-f", "null", "-"]


def _naive(video: str, fps: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-i", video, "-vf", f"fps={fps}", "-y", "frame_%04d.png"], check=True)
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for image in sorted(Path().glob("frame_*.png")):
            archive.write(image)


async def _engine(video: str, options: str, threads: int) -> None:
    ffmpeg, libav = FfmpegSettings(threads=threads), LibavSettings(threads=threads)
    async with opened_engine("auto", ffmpeg, libav, "kept") as opened:
        await extract_to_zip(opened, Path(video), read_options(options), Path(ARCHIVE), lambda _now, _all: None)


if __name__ == "__main__":
    _, which, video, *rest = sys.argv
    if which == "naive":
        _naive(video, *rest)
    else:
        asyncio.run(_engine(video, rest[0], int(rest[1])))
