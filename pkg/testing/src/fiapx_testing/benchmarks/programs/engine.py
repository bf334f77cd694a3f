"""The engine: `engine VIDEO OPTIONS THREADS` leaves `frames.zip`, and tells the most memory of parent and child."""

import asyncio
import json
import resource
import sys
from pathlib import Path

from fiapx_engine.ffmpeg_engine import FfmpegSettings
from fiapx_engine.libav_engine import LibavSettings
from fiapx_engine.local_archive import extract_to_zip
from fiapx_engine.opening import opened_engine
from fiapx_models.options import read_options


async def extract(video: str, options: str, threads: int) -> None:
    ffmpeg, libav = FfmpegSettings(threads=threads), LibavSettings(threads=threads)
    async with opened_engine("auto", ffmpeg, libav, "kept") as opened:
        await extract_to_zip(opened, Path(video), read_options(options), Path("frames.zip"), lambda _now, _all: None)


def peaks_mb() -> dict[str, float]:
    """Of this process, and of the largest of its children.

    Not its own ru_maxrss, which begins with the memory of whoever started it (getrusage(2); exec keeps it).
    """
    kept = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own_kb, child_kb = int(kept["VmHWM"].split()[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {"parent_mb": own_kb * 1024 / 1e6, "child_mb": child_kb * 1024 / 1e6}


if __name__ == "__main__":
    asyncio.run(extract(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    sys.stdout.write(json.dumps(peaks_mb()))
