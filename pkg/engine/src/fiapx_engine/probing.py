"""Probing a file: what it holds, when each frame is shown, and what of that can be trusted."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from fiapx_models.failures import FailureCode

from fiapx_engine.containers import HEAD_BYTES, declared_bytes, looks_like_video
from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.errors import DecoderFailed, VideoRefused
from fiapx_engine.media import MediaLimits, Source, VideoStream, choose_video, media_of
from fiapx_engine.packets import damaged_packets, ends_broken, packets_from_frames
from fiapx_engine.readings import Readings, Unreadable, Unsuited
from fiapx_engine.source_bytes import SourceBytes
from fiapx_engine.spans import WorkRate
from fiapx_engine.timeline import Durations, Keyframe, Packet, Timeline, timeline_of

_HEAD_FRAMES = 24


@dataclass(frozen=True, slots=True)
class Prober:
    """Reads headers, all packets, and decodes just enough to know that both tell the truth."""

    media_limits: MediaLimits
    most_packets: int

    async def probe(self, source: SourceBytes, readings: Readings) -> Source:
        """Raises as `Engine.probe` does, and Unsuited."""
        if not source.size_bytes:
            raise VideoRefused(FailureCode.EMPTY, "0 bytes")
        head = await source.read(0, HEAD_BYTES)
        return await _Probe(readings, self.media_limits, self.most_packets).probe(head, source.size_bytes)


@dataclass(frozen=True, slots=True)
class _Probe:
    readings: Readings
    media_limits: MediaLimits
    most_packets: int

    async def probe(self, head: bytes, size_bytes: int) -> Source:
        stream = choose_video(await self._headers(head), self.media_limits)
        packets, log = await self._packets(stream)
        cut_off = _cut_off(stream, packets, log, declared_bytes(head), size_bytes)
        try:
            timeline = await self._timeline(stream, packets, log)
        except VideoRefused as error:
            if cut_off:
                raise VideoRefused(FailureCode.DAMAGED, cut_off) from error
            raise
        return Source(
            engine=self.readings.engine,
            media=media_of(stream, timeline),
            stream=stream.index,
            picture=replace(stream.picture, deinterlace=stream.picture.deinterlace or timeline.interlaced),
            timeline=timeline,
            seek_by=stream.seek_by,
            creation_time=stream.creation_time,
            timecode=stream.timecode,
            cut_off=cut_off,
            index_beyond_end=log.index_beyond_end,
        )

    async def _headers(self, head: bytes) -> dict[str, Any]:
        try:
            return await self.readings.headers()
        except Unreadable as error:
            code = FailureCode.DAMAGED if looks_like_video(head) else FailureCode.UNSUPPORTED_CONTAINER
            raise VideoRefused(code, str(error)) from error

    async def _packets(self, stream: VideoStream) -> tuple[Sequence[Packet], DemuxerLog]:
        packets, log = await self.readings.packets(stream, self.most_packets)
        if len(packets) > self.most_packets:
            raise VideoRefused(FailureCode.TOO_LARGE, f"more than {self.most_packets} packets")
        if not packets:
            raise VideoRefused(FailureCode.NO_FRAMES, "a video stream without packets")
        return packets, log

    async def _timeline(self, stream: VideoStream, packets: Sequence[Packet], log: DemuxerLog) -> Timeline:
        # In a thread: two million packets take seconds, and whoever probes has leases to renew meanwhile.
        told = await asyncio.to_thread(
            timeline_of,
            packets,
            time_base=stream.time_base,
            file_start=stream.zero,
            damaged=damaged_packets(packets, log),
            untold_duration=stream.untold_duration,
            durations=self._durations(stream, packets),
        )
        timeline = told and await self._confirmed(stream, packets, told)
        if timeline is None:
            return await self._decoded_timeline(stream, packets)
        if not self._may_seek(stream, timeline):
            return replace(timeline, seekable=False)
        if WorkRate().decoding(len(packets), _pixels(stream)) < self.readings.sequential_ns:
            return replace(timeline, seekable=False, untried=True)
        return replace(timeline, seekable=await self._seeks(stream, timeline))

    def _durations(self, stream: VideoStream, packets: Sequence[Packet]) -> Durations:
        """MP4 tells how long each picture is decoded, not shown: of reordered ones, libav's releases make other things.

        (mov.c: up to 5.1 a sample with a composition offset has no duration of its own, later the decoding time's.)
        """
        if stream.format != "mov" or all(packet.pts == packet.dts for packet in packets):
            return "told"
        return "reckoned" if self.readings.reckons_as_ffmpeg else "doubtful"

    async def _confirmed(self, stream: VideoStream, packets: Sequence[Packet], told: Timeline) -> Timeline | None:
        """The packets' timeline without the frames at its head that the decoder does not give.

        None if the decoder gives others than the packets say (hidden frames, fields, times of its own). That some
        do not come where others are broken is damage, which is judged when such frames are wanted.
        """
        first = next((p.pts for p in packets if p.keyframe and p.pts is not None), None)
        if first is None:
            return None
        first = max(first, told.first)
        seen = await self._first_frames(stream, first)
        if not seen:
            raise VideoRefused(FailureCode.NO_FRAMES, f"{len(packets)} packets, and no frame comes out")
        times = [frame.pts for frame in seen]
        if times[0] is None or times[0] not in told.pts:
            return None
        skipped = told.shown_at(times[0])
        if not _is_as_told(seen, told.pts[skipped:]) or told.pts[skipped] > first:
            return None
        return replace(told.from_frame(skipped), interlaced=any(frame.interlaced for frame in seen))

    async def _first_frames(self, stream: VideoStream, since: int) -> list[SeenFrame]:
        seen: list[SeenFrame] = []
        later = 0
        async with aclosing(self.readings.watched(stream, None)) as frames:
            async for frame in frames:
                seen.append(frame)
                later += frame.pts is None or frame.pts >= since
                if later >= _HEAD_FRAMES:
                    break
        return seen

    async def _decoded_timeline(self, stream: VideoStream, packets: Sequence[Packet]) -> Timeline:
        """The timeline that decoding the whole stream shows, for want of packets that tell it."""
        if not self.readings.decodes_whole:
            raise Unsuited("the packets do not tell when frames are shown")
        async with aclosing(self.readings.watched(stream, None)) as frames:
            seen = [frame async for frame in frames]
        shown = packets_from_frames(seen, packets[-1].duration)
        timeline = await asyncio.to_thread(
            timeline_of,
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

    def _may_seek(self, stream: VideoStream, timeline: Timeline) -> bool:
        return stream.seeks and stream.format not in self.readings.lost_in and bool(_inner(timeline))

    async def _seeks(self, stream: VideoStream, timeline: Timeline) -> bool:
        """Whether seeking gives the frame that it should, decoded from itself alone.

        Intra refresh has keyframes that are not pictures of their own: there the frames after them come out wrong.
        """
        inner = _inner(timeline)
        keyframe = inner[len(inner) // 2]
        seek_us = timeline.seek_us(keyframe, stream.seek_by)
        try:
            async with aclosing(self.readings.watched(stream, seek_us)) as frames:
                async for frame in frames:
                    if frame.pts is not None and frame.pts >= keyframe.pts:
                        return frame.pts == keyframe.pts and frame.intra
        except DecoderFailed:
            return False
        return False


def _is_as_told(seen: Sequence[SeenFrame], told: Sequence[int]) -> bool:
    times = [frame.pts for frame in seen]
    if any(frame.broken for frame in seen):
        near = told[: len(times) + _HEAD_FRAMES]
        return [pts for pts in near if pts in set(times)] == times
    return list(told[: len(times)]) == times


def _inner(timeline: Timeline) -> list[Keyframe]:
    return [keyframe for keyframe in timeline.keyframes if keyframe.frame > 0]


def _pixels(stream: VideoStream) -> int:
    return stream.picture.width * stream.picture.height


def _cut_off(
    stream: VideoStream, packets: Sequence[Packet], log: DemuxerLog, declared: int | None, size_bytes: int
) -> str:
    """How it is known that the file's end is missing, if it is."""
    if log.index_beyond_end:
        return "the index goes beyond the end of the file"
    if log.cut_off:
        return "the file ends too early"
    if declared and declared > size_bytes:
        return f"{size_bytes} of {declared} bytes"
    if ends_broken(stream.format, packets, log):
        return "the file ends in the middle of a packet"
    return ""
