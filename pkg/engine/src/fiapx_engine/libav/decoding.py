"""Frames of one stream from a point on, and the frames of one run with as few packets decoded as can be."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, Literal

from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fiapx_engine.errors import FramesLost
from fiapx_engine.libav.complaints import Complaints
from fiapx_engine.segments import Entry, Run
from fiapx_engine.timeline import MICROSECONDS

if TYPE_CHECKING:
    from av.packet import Packet

_ALL: Final = "DEFAULT"
_REFERENCES: Final = "NONREF"

Wanted = tuple[tuple[Entry, ...], VideoFrame]


def seek(container: InputContainer, stream: VideoStream, seek_us: int | None) -> None:
    """To the keyframe that `Run.seek_us` names; the decoder forgets what it had."""
    if seek_us is None:
        return
    tick = int(seek_us / (stream.time_base or 1) / MICROSECONDS)
    container.seek(tick, stream=stream)


def decoded(packets: "Iterable[Packet[VideoStream]]", complaints: Complaints) -> Iterator[tuple[VideoFrame, bool]]:
    """Each frame, and whether something is wrong with it; what cannot be decoded is passed over, as ffmpeg does."""
    for packet in packets:
        try:
            frames = packet.decode()
        except FFmpegError:
            complaints.take()
            continue
        for frame in frames:
            yield frame, bool(complaints.take()) or frame.is_corrupt


class RunDecoder:
    """Feeds the packets of one run: all of the wanted frames', of others only those that something refers to.

    (`skip_frame=NONREF`, avcodec.h: the decoder drops a picture that no other is predicted from.)
    """

    def __init__(self, container: InputContainer, stream: VideoStream, run: Run, complaints: Complaints) -> None:
        self._container = container
        self._stream = stream
        self._run = run
        self._complaints = complaints
        self._waiting = {entries[0].pts: entries for entries in run.wanted()}
        self._unfed = set(self._waiting)
        self._number = run.start_packet

    def frames(self) -> Iterator[Wanted]:
        """The wanted frames in the decoder's order, which is that of time.

        Raises:
            FramesLost: one did not come, or a packet that it needs is broken or missing.
        """
        try:
            yield from self._planned()
        except FramesLost:
            yield from self._held()
            raise

    def _planned(self) -> Iterator[Wanted]:
        context = self._stream.codec_context
        skipped: str = context.skip_frame
        for number, packet in enumerate(self._packets()):
            if number == 0:
                self._complaints.take()  # of what was passed on the way here
            pts = packet.pts
            mode: Literal["DEFAULT", "NONREF"] = _ALL if pts in self._unfed else _REFERENCES
            if mode != skipped:
                context.skip_frame = skipped = mode
            if pts in self._unfed:
                self._prove(packet)
                self._unfed.discard(pts)
            yield from self._of(packet, leading=pts is None or pts < self._run.start_pts)
            self._number += 1
            if not self._unfed:
                break
        context.skip_frame = _ALL
        yield from self._of(None, leading=False)
        context.flush_buffers()
        if self._waiting:
            raise FramesLost(f"{len(self._waiting)} wanted frames did not come: {self._last_words()}")

    def _held(self) -> Iterator[Wanted]:
        """Frames that still wait in the decoder for others to be shown before them, and come before the lost packet."""
        try:
            frames = self._stream.codec_context.decode(None)
        except FFmpegError:
            frames = []
        for frame in frames:
            if frame.pts is None or frame.pts not in self._waiting:
                continue
            pts, entries = next(iter(self._waiting.items()))
            if frame.pts != pts or entries[0].packet >= self._number or frame.is_corrupt:
                return
            yield self._waiting.pop(pts), frame

    def _of(self, packet: "Packet[VideoStream] | None", *, leading: bool) -> Iterator[Wanted]:
        """Leading pictures refer to what was before the seek: nobody wants them, and complaints mean nothing."""
        try:
            frames = self._stream.codec_context.decode(packet)
        except FFmpegError as error:
            if not leading:
                raise FramesLost(f"a packet cannot be decoded: {error.strerror}") from error
            frames = []
        if self._complaints.take() and not leading:
            raise FramesLost(f"the decoder complains: {self._last_words()}")
        for frame in frames:
            entries = None if frame.pts is None else self._waiting.pop(frame.pts, None)
            if entries and frame.is_corrupt:
                raise FramesLost(f"the frame at {frame.pts} is broken")
            if entries:
                yield entries, frame

    def _prove(self, packet: "Packet[VideoStream]") -> None:
        """As many packets since the run's keyframe as the plan counted, so the demuxer lost none on the way."""
        planned = self._waiting[packet.pts or 0][0].packet
        if self._number != planned:
            raise FramesLost(f"the packet at {packet.pts} is number {self._number} instead of {planned}")

    def _packets(self) -> "Iterator[Packet[VideoStream]]":
        """From the run's keyframe on."""
        begun = self._run.seek_us is None
        for packet in self._container.demux(self._stream):
            if not packet.size:
                continue
            if not begun:
                begun = packet.is_keyframe and packet.pts == self._run.start_pts
            if not begun and packet.is_keyframe and (packet.pts or 0) > self._run.start_pts:
                raise FramesLost(f"the seek to {self._run.start_pts} leads to {packet.pts}")
            if not begun:
                continue
            if packet.is_corrupt:
                raise FramesLost(f"the packet at {packet.pts} is cut off")
            yield packet

    def _last_words(self) -> str:
        return " | ".join(list(self._complaints.lines)[-3:]) or "no complaint"
