"""Which engine is run, by name."""

from typing import Literal

from fiapx_engine.auto_engine import AutoEngine
from fiapx_engine.engine import Engine
from fiapx_engine.ffmpeg_engine import FfmpegEngine
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav_engine import LibavEngine, LibavSettings

EngineChoice = Literal["auto", "ffmpeg", "libav"]


async def opened_engine(
    choice: EngineChoice, ffmpeg: FfmpegSettings, libav: LibavSettings, server: ForkServer, *, checked: bool = False
) -> Engine:
    """Its children are the server's. `checked`: a missing ffmpeg is told at once, not when it is needed.

    Raises:
        DecoderUnavailable: a program is missing.
    """
    server.begin()
    if choice == "libav":
        return AutoEngine(LibavEngine(libav, server), None)
    sure = FfmpegEngine(ffmpeg, server)
    if checked:
        await sure.check()
    return sure if choice == "ffmpeg" else AutoEngine(LibavEngine(libav, server), sure)
