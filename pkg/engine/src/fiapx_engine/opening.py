"""Which engine is run, by name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from fiapx_engine.auto_engine import AutoEngine
from fiapx_engine.engine import Engine
from fiapx_engine.ffmpeg_engine import FfmpegEngine, FfmpegSettings
from fiapx_engine.libav_children import ChildPolicy
from fiapx_engine.libav_engine import LibavEngine, LibavSettings

EngineChoice = Literal["auto", "ffmpeg", "libav"]


@asynccontextmanager
async def opened_engine(
    choice: EngineChoice, ffmpeg: FfmpegSettings, libav: LibavSettings, children: ChildPolicy
) -> AsyncIterator[Engine]:
    """What it has of children ends with the block. A service, whose children wait, hears at once of missing ffmpeg.

    Raises:
        DecoderUnavailable: a program is missing.
    """
    sure = None if choice == "libav" else FfmpegEngine(ffmpeg)
    if sure is not None and children == "warm":
        await sure.check()
    if choice == "ffmpeg" and sure is not None:
        yield sure
        return
    fast = LibavEngine(libav, children)
    try:
        yield AutoEngine(fast, sure)
    finally:
        await fast.close()
