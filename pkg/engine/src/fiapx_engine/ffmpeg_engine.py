"""The engine on the ffmpeg command line: one ffmpeg for each run, on a local copy of the source."""

import asyncio
import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from math import ceil
from pathlib import Path

from fiapx_engine import ffmpeg_argv
from fiapx_engine.child import ProcessLimits
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.errors import DecoderUnavailable, FramesLost, VideoRefused
from fiapx_engine.ffmpeg_runs import Image, images, whole_output
from fiapx_engine.frame_plan import Plan, PlanLimits, plan
from fiapx_engine.image_stream import splitter
from fiapx_engine.media import MediaLimits, Source
from fiapx_engine.probing import Prober, Tools
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.segments import Picture, Run, Segment
from fiapx_engine.spans import NANOSECONDS
from fiapx_engine.timeline import MICROSECONDS

_EARLIER_US = 10 * MICROSECONDS
_IMAGE_OVERHEAD_BYTES = 1024 * 1024
_VERSION = re.compile(rb"version (\S+)")


@dataclass(frozen=True, slots=True)
class FfmpegSettings:
    """Programs, threads and limits; times in seconds of waiting for one child, memory as address space."""

    ffmpeg: str = "ffmpeg"
    ffprobe: str = "ffprobe"
    threads: int = 2
    probe_timeout_s: float = 300
    segment_timeout_s: float = 900
    memory_bytes: int = 1024**3
    memory_bytes_per_pixel: int = 100
    most_packets: int = 2_000_000
    sequential_work_s: float = 2
    media_limits: MediaLimits = field(default_factory=MediaLimits)
    plan_limits: PlanLimits = field(default_factory=PlanLimits)


class FfmpegEngine:
    """Implements `Engine`."""

    def __init__(self, settings: FfmpegSettings, version: str, *, tone_maps: bool = True) -> None:
        self.version = version
        self._settings = settings
        self._tone_maps = tone_maps
        self._prober = Prober(
            tools=Tools(settings.ffmpeg, settings.ffprobe, settings.threads, _probe_limits(settings)),
            media_limits=settings.media_limits,
            most_packets=settings.most_packets,
            sequential_ns=int(settings.sequential_work_s * NANOSECONDS),
        )

    @classmethod
    async def create(cls, settings: FfmpegSettings) -> "FfmpegEngine":
        """An engine whose programs were found and answer.

        Raises:
            DecoderUnavailable: one of them is missing or does not run.
        """
        for program in (settings.ffmpeg, settings.ffprobe, "prlimit", "setpriv"):
            if shutil.which(program) is None:
                raise DecoderUnavailable(f"{program} is not installed")
        output, code, log = await whole_output([settings.ffmpeg, "-version"], _probe_limits(settings))
        version = _VERSION.search(output)
        if code or version is None:
            raise DecoderUnavailable(f"{settings.ffmpeg} does not run: {log.summary()}")
        filters, _, _ = await whole_output([settings.ffmpeg, "-v", "error", "-filters"], _probe_limits(settings))
        tone_maps = all(f" {name} ".encode() in filters for name in ("zscale", "tonemap"))
        return cls(settings, f"ffmpeg-{version[1].decode(errors='replace')}", tone_maps=tone_maps)

    async def probe(self, path: Path) -> Source:
        return await self._prober.probe(path)

    async def plan(self, source: Source, request: ExtractionRequest) -> Plan:
        if request.tone_map == "auto" and not self._tone_maps:
            request = replace(request, tone_map="missing")
        return await asyncio.to_thread(plan, source, request, self._settings.plan_limits)

    async def extract(self, path: Path, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        for run in segment.runs:
            async with aclosing(self._run(path, segment, run)) as made:
                async for entries, data in made:
                    yield EncodedFrame(entries, segment.picture.width, segment.picture.height, data)

    async def _run(self, path: Path, segment: Segment, run: Run, *, again: bool = False) -> AsyncGenerator[Image, None]:
        """One run; where it loses frames after a seek, what is left of it once more from an earlier point."""
        done = 0
        try:
            async with aclosing(self._images(path, segment, run)) as made:
                async for image in made:
                    yield image
                    done += len(image[0])
        except FramesLost as error:
            if run.seek_us is None or again:
                raise VideoRefused(error.code, error.detail) from error
        if done == len(run.entries):
            return
        earlier_us = run.seek_us - _EARLIER_US if run.seek_us and run.seek_us > _EARLIER_US else None
        earlier = replace(run, seek_us=earlier_us, entries=run.entries[done:])
        async with aclosing(self._run(path, segment, earlier, again=True)) as made:
            async for image in made:
                yield image

    def _images(self, path: Path, segment: Segment, run: Run) -> AsyncGenerator[Image, None]:
        settings, picture = self._settings, segment.picture
        arguments = ffmpeg_argv.extract_run(settings.ffmpeg, path, segment, run, threads=settings.threads)
        limits = ProcessLimits(
            wall_s=settings.segment_timeout_s,
            cpu_s=ceil(settings.segment_timeout_s * settings.threads),
            memory_bytes=settings.memory_bytes + settings.memory_bytes_per_pixel * picture.pixels,
        )
        return images(arguments, run, limits, splitter(picture.format, _most_image_bytes(picture)))


def _probe_limits(settings: FfmpegSettings) -> ProcessLimits:
    return ProcessLimits(
        wall_s=settings.probe_timeout_s,
        cpu_s=ceil(settings.probe_timeout_s * settings.threads),
        memory_bytes=settings.memory_bytes + settings.memory_bytes_per_pixel * settings.media_limits.pixels,
    )


def _most_image_bytes(picture: Picture) -> int:
    """An image that does not compress at all."""
    return picture.width * picture.height * (6 if picture.deep else 3) * 9 // 8 + _IMAGE_OVERHEAD_BYTES
