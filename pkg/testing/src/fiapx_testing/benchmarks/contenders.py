"""What runs against what: each a command that leaves its result in the folder that it runs in."""

import json
import sys
from typing import Final

ARCHIVE: Final = "frames.zip"
_PROGRAMS: Final = f"{__package__}.programs"


def naive(video: str, fps: str) -> list[str]:
    """What many do: ffmpeg's fps filter and PNGs with its defaults, then a deflated ZIP."""
    return [sys.executable, "-m", f"{_PROGRAMS}.naive", video, fps]


def engine(video: str, options: dict[str, object], threads: int = 2) -> list[str]:
    """Tells the most memory of its process and of the largest of its children."""
    return [sys.executable, "-m", f"{_PROGRAMS}.engine", video, json.dumps(options), str(threads)]


def last_minute(video: str) -> list[str]:
    """A frame a second of the last minute, by ranges; tells how many bytes were read."""
    return [sys.executable, "-m", f"{_PROGRAMS}.last_minute", video]


def ffmpeg_jpeg(video: str, fps: str) -> list[str]:
    return ["ffmpeg", "-v", "error", "-i", video, "-vf", f"fps={fps}", "-q:v", "3", "-y", "frame_%04d.jpg"]


def floor(video: str) -> list[str]:
    """Decoding what is referred to, in one thread, and nothing else: no extraction can cost less."""
    return ["ffmpeg", "-v", "error", "-threads", "1", "-skip_frame", "noref", "-i", video, "-f", "null", "-"]
