"""Probing a local file: what it holds, when each frame is shown, and what of that can be trusted."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fiapx_models.failures import FailureCode

from fiapx_engine import ffmpeg_argv
from fiapx_engine.child import ProcessLimits
from fiapx_engine.containers import HEAD_BYTES, declared_bytes, looks_like_video
from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.errors import DecoderFailed, VideoRefused
from fiapx_engine.ffmpeg_runs import output_lines, watched_frames, whole_output
from fiapx_engine.media import MediaLimits, Source, VideoStream, choose_video, media_of
from fiapx_engine.packets import damaged_packets, ends_broken, packet_of, packets_from_frames
from fiapx_engine.spans import WorkRate
from fiapx_engine.timeline import Packet, Timeline, timeline_of

_HEAD_FRAMES = 24


@dataclass(frozen=True, slots=True)
class Tools:
    """The two programs, their decoder threads, and what each run of them may use."""

    ffmpeg: str
    ffprobe: str
    threads: int
    limits: ProcessLimits


@dataclass(frozen=True, slots=True)
class Prober:
    """Reads headers, all packets, and decodes just enough to know that both tell the truth.

    A stream whose whole decoding costs less than `sequential_ns` is always decoded from its beginning.
    """

    tools: Tools
    media_limits: MediaLimits
    most_packets: int
    sequential_ns: int

    async def probe(self, path: Path) -> Source:
        head, size_bytes = await asyncio.to_thread(_head, path)
        if not size_bytes:
            raise VideoRefused(FailureCode.EMPTY, "0 bytes")
        stream = choose_video(await self._headers(path, head), self.media_limits)
        packets, log = await self._packets(path, stream)
        cut_off = _cut_off(stream, packets, log, declared_bytes(head), size_bytes)
        try:
            timeline = await self._timeline(path, stream, packets, log)
        except VideoRefused as error:
            if cut_off:
                raise VideoRefused(FailureCode.DAMAGED, cut_off) from error
            raise
        return Source(
            media=media_of(stream, timeline),
            stream=stream.index,
            picture=replace(stream.picture, deinterlace=stream.picture.deinterlace or timeline.interlaced),
            timeline=timeline,
            seek_by=stream.seek_by,
            creation_time=stream.creation_time,
            timecode=stream.timecode,
            cut_off=cut_off,
        )

    async def _headers(self, path: Path, head: bytes) -> dict[str, Any]:
        arguments = ffmpeg_argv.probe_headers(self.tools.ffprobe, path)
        output, code, log = await whole_output(arguments, self.tools.limits)
        if code == 0:
            probed: dict[str, Any] = json.loads(output)
            return probed
        known = looks_like_video(head)
        raise VideoRefused(FailureCode.DAMAGED if known else FailureCode.UNSUPPORTED_CONTAINER, log.summary())

    async def _packets(self, path: Path, stream: VideoStream) -> tuple[list[Packet], DemuxerLog]:
        log = DemuxerLog(stream.index)
        packets: list[Packet] = []
        arguments = ffmpeg_argv.probe_packets(self.tools.ffprobe, path, stream.index)
        async with aclosing(output_lines(arguments, self.tools.limits, log.read)) as told:
            async for line in told:
                if packet := packet_of(line):
                    packets.append(packet)
                if len(packets) > self.most_packets:
                    raise VideoRefused(FailureCode.TOO_LARGE, f"more than {self.most_packets} packets")
        if not packets:
            raise VideoRefused(FailureCode.NO_FRAMES, "a video stream without packets")
        return packets, log

    async def _timeline(self, path: Path, stream: VideoStream, packets: Sequence[Packet], log: DemuxerLog) -> Timeline:
        told = timeline_of(
            packets,
            time_base=stream.time_base,
            file_start=stream.zero,
            damaged=damaged_packets(packets, log),
            untold_duration=stream.untold_duration,
        )
        timeline = told and await self._confirmed(path, stream, packets, told)
        if timeline is None:
            return await self._decoded_timeline(path, stream, packets)
        if not await self._seeks(path, stream, packets, timeline):
            return replace(timeline, seekable=False)
        return timeline

    async def _confirmed(
        self, path: Path, stream: VideoStream, packets: Sequence[Packet], told: Timeline
    ) -> Timeline | None:
        """The packets' timeline without the frames at its head that the decoder does not give.

        None if the decoder gives others than the packets say (hidden frames, fields, times of its own).
        """
        first = next((p.pts for p in packets if p.keyframe and p.pts is not None), None)
        if first is None:
            return None
        first = max(first, told.first)
        seen = await self._first_frames(path, stream, first)
        if not seen:
            raise VideoRefused(FailureCode.NO_FRAMES, f"{len(packets)} packets, and no frame comes out")
        times = [frame.pts for frame in seen]
        if times[0] is None or times[0] not in told.pts:
            return None
        skipped = told.shown_at(times[0])
        if list(told.pts[skipped : skipped + len(times)]) != times or told.pts[skipped] > first:
            return None
        return replace(told.from_frame(skipped), interlaced=any(frame.interlaced for frame in seen))

    async def _first_frames(self, path: Path, stream: VideoStream, since: int) -> list[SeenFrame]:
        seen: list[SeenFrame] = []
        later = 0
        async with aclosing(self._watched(path, stream, None)) as frames:
            async for frame in frames:
                seen.append(frame)
                later += frame.pts is None or frame.pts >= since
                if later >= _HEAD_FRAMES:
                    break
        return seen

    async def _decoded_timeline(self, path: Path, stream: VideoStream, packets: Sequence[Packet]) -> Timeline:
        """The timeline that decoding the whole stream shows, for want of packets that tell it."""
        async with aclosing(self._watched(path, stream, None)) as frames:
            seen = [frame async for frame in frames]
        shown = packets_from_frames(seen, packets[-1].duration)
        timeline = timeline_of(
            shown,
            time_base=stream.time_base,
            file_start=stream.zero,
            damaged=(number for number, frame in enumerate(seen) if frame.broken),
            untold_duration=stream.untold_duration,
            seekable=False,
            numbered=[packet.pts for packet in shown] != [frame.pts for frame in seen],
        )
        if timeline is None:
            raise VideoRefused(FailureCode.NO_FRAMES, f"{len(packets)} packets, and no frame comes out")
        return replace(timeline, interlaced=any(frame.interlaced for frame in seen))

    async def _seeks(self, path: Path, stream: VideoStream, packets: Sequence[Packet], timeline: Timeline) -> bool:
        """Whether seeking is worth it, and gives the frame that it should, decoded from itself alone.

        Intra refresh has keyframes that are not pictures of their own: there the frames after them come out wrong.
        """
        pixels = stream.picture.width * stream.picture.height
        inner = [keyframe for keyframe in timeline.keyframes if keyframe.frame > 0]
        if not stream.seeks or not inner or WorkRate().decoding(len(packets), pixels) < self.sequential_ns:
            return False
        keyframe = inner[len(inner) // 2]
        seek_us = timeline.seek_us(keyframe, stream.seek_by)
        try:
            async with aclosing(self._watched(path, stream, seek_us)) as frames:
                async for frame in frames:
                    if frame.pts is not None and frame.pts >= keyframe.pts:
                        return frame.pts == keyframe.pts and frame.intra
        except DecoderFailed:
            return False
        return False

    def _watched(self, path: Path, stream: VideoStream, seek_us: int | None) -> AsyncGenerator[SeenFrame, None]:
        arguments = ffmpeg_argv.watch_frames(
            self.tools.ffmpeg, path, stream.index, seek_us=seek_us, threads=self.tools.threads
        )
        return watched_frames(arguments, self.tools.limits)


def _head(path: Path) -> tuple[bytes, int]:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES), path.stat().st_size


def _cut_off(
    stream: VideoStream, packets: Sequence[Packet], log: DemuxerLog, declared: int | None, size_bytes: int
) -> str:
    """How it is known that the file's end is missing, if it is."""
    if log.cut_off:
        return "the index goes beyond the end of the file"
    if declared and declared > size_bytes:
        return f"{size_bytes} of {declared} bytes"
    if ends_broken(stream.format, packets, log):
        return "the file ends in the middle of a packet"
    return ""
