"""The sure engine, on the ffmpeg command line: one ffmpeg for each run, on a local copy of the source."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from itertools import count
from pathlib import Path

from fiapx_engine import ffmpeg_argv
from fiapx_engine.child import ProcessLimits
from fiapx_engine.damage import Damaged, SalvageWatch
from fiapx_engine.decoder_log import RunWatch
from fiapx_engine.engine import EncodedFrame
from fiapx_engine.errors import DecoderUnavailable, FramesLost, NoStart, VideoRefused
from fiapx_engine.ffmpeg_runs import images, salvaged, watched_frames, whole_output
from fiapx_engine.ffmpeg_settings import FfmpegSettings
from fiapx_engine.filters import raw_bytes
from fiapx_engine.fork_server import ForkServer
from fiapx_engine.fps_filter import needs_told_end
from fiapx_engine.frame_plan import Plan, plan
from fiapx_engine.image_stream import Splitter, most_image_bytes, raw_splitter, splitter
from fiapx_engine.media import Source
from fiapx_engine.probing import Prober
from fiapx_engine.sampling import ExtractionRequest
from fiapx_engine.scenes import scene_numbers, scene_search
from fiapx_engine.scored_images import with_scores
from fiapx_engine.segments import Entry, Picture, Run, Segment
from fiapx_engine.source_bytes import SourceBytes
from fiapx_engine.spans import NANOSECONDS
from fiapx_engine.timeline import MICROSECONDS
from fiapx_engine.tool_readings import ToolReadings, Tools

_EARLIER_US = 10 * MICROSECONDS
_MOST_APART = 50
"""So often a run is taken apart; what is left then is judged, or kept, as a whole."""
_PYTHON_BYTES = 1024**3
"""Of address space, with the libraries of a child that encodes."""


class FfmpegEngine:
    """Implements `Engine`."""

    def __init__(self, settings: FfmpegSettings, server: ForkServer, *, tone_maps: bool | None = None) -> None:
        """`tone_maps`: whether it has the filters that HDR needs; it is asked where nobody says so."""
        self._settings = settings
        self._server = server
        self._tone_maps = tone_maps
        self._checked = False
        self._tools = Tools(settings.ffmpeg, settings.ffprobe, settings.threads, settings.probe_limits)
        self._prober = Prober(settings.media_limits, settings.most_packets)

    async def check(self) -> None:
        """Once; the first use does it, where nobody did before.

        Raises:
            DecoderUnavailable: a program is missing or does not run.
        """
        if self._checked:
            return
        settings = self._settings
        for program in (settings.ffmpeg, settings.ffprobe, "prlimit", "setpriv"):
            if shutil.which(program) is None:
                raise DecoderUnavailable(f"{program} is not installed")
        _, code, log = await whole_output([settings.ffmpeg, "-version"], settings.probe_limits)
        if code:
            raise DecoderUnavailable(f"{settings.ffmpeg} does not run: {log.summary()}")
        self._checked = True

    async def probe(self, source: SourceBytes) -> Source:
        await self.check()
        sequential_ns = int(self._settings.sequential_work_s * NANOSECONDS)
        async with source.whole() as path:
            return await self._prober.probe(source, ToolReadings(self._tools, path, sequential_ns))

    async def completed(self, source: SourceBytes, probed: Source, request: ExtractionRequest) -> ExtractionRequest:
        if needs_told_end(probed.timeline, request):
            return replace(request, told_end=(await self.probe(source)).timeline.told_end)
        if request.rule != "scenes" or (search := scene_search(probed, request)) is None:
            return request
        await self.check()
        settings = self._settings
        limits = settings.limits(settings.scenes_timeout_s, settings.media_limits.pixels)
        async with source.whole() as path:
            arguments = ffmpeg_argv.find_scenes(
                settings.ffmpeg, path, probed.stream, search, threshold=request.threshold, threads=settings.threads
            )
            async with aclosing(watched_frames(arguments, limits)) as frames:
                selected = [frame.pts async for frame in frames if frame.pts is not None]
        return replace(request, numbers=scene_numbers(probed.timeline, search, selected))

    async def plan(self, source: Source, request: ExtractionRequest) -> Plan:
        if request.tone_map == "auto" and not await self._has_tone_mapping():
            request = replace(request, tone_map="missing")
        return await asyncio.to_thread(plan, source, request, self._settings.plan_limits, "ffmpeg")

    async def extract(self, source: SourceBytes, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        await self.check()
        async with source.whole() as path:
            frames = self._runs(path, segment)
            if segment.raw:
                limits = self._limits(segment.picture, _PYTHON_BYTES)
                frames = with_scores(self._server, frames, segment.picture, limits)
            async with aclosing(frames):
                async for frame in frames:
                    yield frame

    async def _runs(self, path: Path, segment: Segment) -> AsyncGenerator[EncodedFrame, None]:
        for run in segment.runs:
            async with aclosing(self._run(path, segment, run)) as made:
                async for frame in made:
                    yield frame

    async def _has_tone_mapping(self) -> bool:
        if self._tone_maps is None:
            words = [self._settings.ffmpeg, "-v", "error", "-filters"]
            filters, _, _ = await whole_output(words, self._settings.probe_limits)
            self._tone_maps = all(f" {name} ".encode() in filters for name in ("zscale", "tonemap"))
        return self._tone_maps

    async def _run(self, path: Path, segment: Segment, run: Run) -> AsyncGenerator[EncodedFrame, None]:
        """One run; where it loses frames it is taken apart, so that each of them is judged by its own keyframe."""
        left, given = run, 0
        for times in count():
            try:
                async with aclosing(self._strictly(path, segment, left, taken=times > 0)) as frames:
                    async for frame in frames:
                        yield frame
                        given += len(frame.entries)
            except FramesLost as error:
                lost = error
            else:
                return
            if isinstance(lost, NoStart):
                break
            left = replace(left, entries=run.entries[given:])
            alone, rest = left.taken_apart() if times < _MOST_APART else (left, None)
            try:
                async with aclosing(self._alone(path, segment, alone, lost, tried=alone is left)) as frames:
                    async for frame in frames:
                        yield frame
            except NoStart as error:
                lost = error
                break
            if rest is None:
                return
            left, given = rest, len(run.entries) - len(rest.entries)
        # nothing but what was planned leads there
        planned = replace(run, entries=run.entries[given:], starts=())
        async with aclosing(self._given_up(path, segment, planned, lost)) as frames:
            async for frame in frames:
                yield frame

    async def _alone(
        self, path: Path, segment: Segment, run: Run, lost: FramesLost, *, tried: bool
    ) -> AsyncGenerator[EncodedFrame, None]:
        """Entries of one keyframe, from there and from an earlier point. Raises NoStart before any image."""
        tries = [] if tried else [(run, False)]
        if run.seek_us is not None:
            earlier_us = run.seek_us - _EARLIER_US if run.seek_us > _EARLIER_US else None
            tries.append((replace(run, seek_us=earlier_us), True))
        given = 0
        for begun, early in tries:
            left = replace(begun, entries=run.entries[given:])
            try:
                async with aclosing(self._strictly(path, segment, left, taken=not tried, early=early)) as frames:
                    async for frame in frames:
                        yield frame
                        given += len(frame.entries)
            except FramesLost as error:
                if isinstance(error, NoStart) and not given:
                    raise
                lost = error
            else:
                return
        async with aclosing(self._given_up(path, segment, replace(run, entries=run.entries[given:]), lost)) as frames:
            async for frame in frames:
                yield frame

    async def _strictly(
        self, path: Path, segment: Segment, run: Run, *, taken: bool = False, early: bool = False
    ) -> AsyncGenerator[EncodedFrame, None]:
        """Raises FramesLost at whatever is not as planned."""
        # with more threads it is chance which frame a complaint comes before
        threads = 1 if taken or early else self._settings.threads
        arguments = ffmpeg_argv.extract_run(self._settings.ffmpeg, path, segment, run, threads=threads)
        watch = RunWatch(run, taken=taken, early=early)
        async with aclosing(images(arguments, watch, len(run.wanted()), *self._means(segment))) as made:
            async for entries, data in made:
                yield _frame(segment, entries, data)

    def _given_up(self, path: Path, segment: Segment, run: Run, lost: FramesLost) -> AsyncGenerator[EncodedFrame, None]:
        if not segment.keep_damaged:
            raise VideoRefused(lost.code, lost.detail) from lost
        return self._salvage(path, segment, run)

    async def _salvage(self, path: Path, segment: Segment, run: Run) -> AsyncGenerator[EncodedFrame, None]:
        """What still comes out of a run that lost frames, each image with the damage found before it."""
        told, watch = 0, SalvageWatch(run, segment.time_base)
        # with more threads it is chance which frame a complaint comes before
        arguments = ffmpeg_argv.extract_run(self._settings.ffmpeg, path, segment, run, threads=1, salvaging=True)
        async with aclosing(salvaged(arguments, watch, *self._means(segment))) as made:
            async for entries, data in made:
                found = watch.damaged[told:]
                told += len(found)  # now, since more is found while the image is taken
                yield _frame(segment, entries, data, found)
        if watch.damaged[told:]:
            yield EncodedFrame((), 0, 0, b"", tuple(watch.damaged[told:]))

    def _means(self, segment: Segment) -> tuple[ProcessLimits, Splitter]:
        picture = segment.picture
        images = splitter(picture.format, most_image_bytes(picture))
        return self._limits(picture), raw_splitter(raw_bytes(picture)) if segment.raw else images

    def _limits(self, picture: Picture, more_bytes: int = 0) -> ProcessLimits:
        limits = self._settings.limits(self._settings.segment_timeout_s, picture.pixels)
        return replace(limits, memory_bytes=limits.memory_bytes + more_bytes)


def _frame(segment: Segment, entries: tuple[Entry, ...], data: bytes, damaged: Sequence[Damaged] = ()) -> EncodedFrame:
    return EncodedFrame(entries, segment.picture.width, segment.picture.height, data, tuple(damaged))
