"""A frame a second of a video's last minute, read by ranges: `last_minute VIDEO` tells how many bytes that took."""

import asyncio
import json
import sys
from contextlib import aclosing
from fractions import Fraction
from pathlib import Path
from typing import Final

from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.libav.byte_input import ByteInput, from_descriptor
from fiapx_engine.libav.packet_scan import largest_mdat
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.opening import opened_engine
from fiapx_engine.sampling import ExtractionRequest

from fiapx_testing.ranged_files import RangedFile

_LAST_S: Final = 60


async def extract(source: RangedFile) -> int:
    """The frames that came."""
    frames = 0
    with ForkServer() as server:
        engine = await opened_engine("libav", FfmpegSettings(), LibavSettings(), server)
        probed = await engine.probe(source)
        start_s = Fraction(int(probed.media.duration_s) - _LAST_S)
        minute = ExtractionRequest("fps", Fraction(1), start_s=start_s, end_s=start_s + _LAST_S)
        for segment in (await engine.plan(probed, minute)).segments:
            async with aclosing(engine.extract(source, segment)) as made:
                frames += sum([len(frame.entries) async for frame in made])
    return frames


def index_bytes(video: Path) -> int:
    """All but the media data."""
    size_bytes = video.stat().st_size
    with video.open("rb") as file:
        return size_bytes - len(largest_mdat(ByteInput(from_descriptor(file.fileno()), size_bytes)))


def main(video: Path) -> None:
    source = RangedFile(video)
    frames = asyncio.run(extract(source))
    sys.stdout.write(json.dumps({"read_bytes": source.read_bytes, "frames": frames, "index_bytes": index_bytes(video)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
