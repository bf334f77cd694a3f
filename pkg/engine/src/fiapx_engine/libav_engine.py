"""The fast engine: libav in a child of its own for each probe and each segment, fed by range reads."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from math import ceil

from fiapx_models.failures import FailureCode

from fiapx_engine.child import ProcessLimits
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.errors import DecoderFailed, DecoderGaveUp, VideoRefused
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.frame_plan import Plan, PlanLimits, plan
from fiapx_engine.libav_child import ChildRefused, LibavChild, libav_child
from fiapx_engine.libav_readings import LibavReadings
from fiapx_engine.media import MediaLimits, Source
from fiapx_engine.probing import Prober
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.scored_images import scores_told
from fiapx_engine.segments import Segment
from fiapx_engine.source_bytes import SourceBytes
from fiapx_engine.spans import WorkRate

LIBAV_RATE = WorkRate(decode_ns_per_pixel=2, encode_ns_per_pixel=12, restart_ns=2_000_000)
"""Measured with 1080p H.264: of two pictures one is not decoded, and a seek costs little."""


@dataclass(frozen=True, slots=True)
class LibavSettings:
    """Threads that encode, and limits; times in seconds of waiting for one child, memory as address space."""

    threads: int = 2
    probe_timeout_s: float = 300
    segment_timeout_s: float = 900
    memory_bytes: int = 2 * 1024**3
    memory_bytes_per_pixel: int = 100
    most_packets: int = 2_000_000
    media_limits: MediaLimits = field(default_factory=MediaLimits)
    plan_limits: PlanLimits = field(default_factory=lambda: PlanLimits(work_rate=LIBAV_RATE))


class LibavEngine:
    """Implements `Engine`; `probe` raises Unsuited and `extract` FramesLost besides, where another engine may do."""

    def __init__(self, settings: LibavSettings, server: ForkServer) -> None:
        self._settings = settings
        self._server = server
        self._prober = Prober(settings.media_limits, settings.most_packets)

    async def probe(self, source: SourceBytes) -> Source:
        settings = self._settings
        async with self._child_of(source, settings.probe_timeout_s) as child:
            return await self._prober.probe(source, LibavReadings(child))

    async def completed(self, _source: SourceBytes, _probed: Source, request: ExtractionRequest) -> ExtractionRequest:
        """Finds no scenes, so as to give no others than ffmpeg would; an unknown end stays unknown."""
        if request.rule == "scenes":
            raise VideoRefused(FailureCode.INTERNAL, "scenes are found by ffmpeg, which is switched off")
        return request

    async def plan(self, source: Source, request: ExtractionRequest) -> Plan:
        return await asyncio.to_thread(plan, source, request, self._settings.plan_limits, "libav")

    async def extract(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        settings = self._settings
        wanted = deque(entries for run in segment.runs for entries in run.wanted())
        command = {"do": "extract", "segment": segment.as_json(), "threads": settings.threads}
        async with self._child_of(source, settings.segment_timeout_s) as child:
            try:
                async with aclosing(child.messages(command)) as messages:
                    async for head, image in messages:
                        if "image" not in head:
                            continue
                        if not wanted or head["image"] != [entry.index for entry in wanted[0]]:
                            raise DecoderFailed(FailureCode.DECODER_CRASHED, "an image that is not the next one")
                        entries, picture, told = wanted.popleft(), segment.picture, scores_told(head)
                        if picture.scored and told is None:
                            raise DecoderFailed(FailureCode.DECODER_CRASHED, "an image without its scores")
                        yield EncodedFrame(entries, picture.width, picture.height, image, scores=told)
            except ChildRefused as error:
                raise DecoderGaveUp(str(error)) from error
            if wanted:
                raise DecoderFailed(FailureCode.DECODER_CRASHED, f"{len(wanted)} images were not sent")

    @asynccontextmanager
    async def _child_of(self, source: SourceBytes, wall_s: float) -> AsyncIterator[LibavChild]:
        settings = self._settings
        limits = ProcessLimits(
            wall_s=wall_s,
            cpu_s=ceil(wall_s * (settings.threads + 1)),
            memory_bytes=settings.memory_bytes + settings.memory_bytes_per_pixel * settings.media_limits.pixels,
        )
        async with libav_child(self._server, limits) as child, child.reading(source):
            yield child
