"""Readings by ffprobe and ffmpeg, each question a run of its own."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiapx_engine import ffmpeg_argv
from fiapx_engine.child import ProcessLimits
from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.ffmpeg_runs import output_lines, watched_frames, whole_output
from fiapx_engine.media import VideoStream
from fiapx_engine.packets import packet_of
from fiapx_engine.readings import Unreadable
from fiapx_engine.segments import EngineName
from fiapx_engine.timeline import Packet


@dataclass(frozen=True, slots=True)
class Tools:
    """The two programs, their decoder threads, and what each run of them may use."""

    ffmpeg: str
    ffprobe: str
    threads: int
    limits: ProcessLimits


@dataclass(frozen=True, slots=True)
class ToolReadings:
    """Implements `Readings` for a local file."""

    tools: Tools
    path: Path
    sequential_ns: int
    lost_in: frozenset[str] = frozenset()
    decodes_whole: bool = True
    reckons_as_ffmpeg: bool = True
    engine: EngineName = "ffmpeg"

    async def headers(self) -> dict[str, Any]:
        arguments = ffmpeg_argv.probe_headers(self.tools.ffprobe, self.path)
        output, code, log = await whole_output(arguments, self.tools.limits)
        if code:
            raise Unreadable(log.summary())
        probed: dict[str, Any] = json.loads(output)
        return probed

    async def packets(self, stream: VideoStream, most: int) -> tuple[Sequence[Packet], DemuxerLog]:
        log = DemuxerLog(stream.index)
        packets: list[Packet] = []
        arguments = ffmpeg_argv.probe_packets(self.tools.ffprobe, self.path, stream.index)
        async with aclosing(output_lines(arguments, self.tools.limits, log.read)) as told:
            async for line in told:
                if packet := packet_of(line):
                    packets.append(packet)
                if len(packets) > most:
                    break
        return packets, log

    def watched(self, stream: VideoStream, seek_us: int | None) -> AsyncGenerator[SeenFrame, None]:
        arguments = ffmpeg_argv.watch_frames(
            self.tools.ffmpeg, self.path, stream.index, seek_us=seek_us, threads=self.tools.threads
        )
        return watched_frames(arguments, self.tools.limits)
