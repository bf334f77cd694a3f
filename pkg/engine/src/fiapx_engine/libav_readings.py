"""Readings by libav in one child, and by as few bytes of the source as can be."""

import asyncio
from array import array
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, Final

from fiapx_models.failures import FailureCode

from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.errors import DecoderFailed
from fiapx_engine.libav.columns import CORRUPT, DISCARDED, KEYFRAME, TYPES, UNKNOWN, Columns
from fiapx_engine.libav_child import ChildRefused, LibavChild
from fiapx_engine.media import VideoStream
from fiapx_engine.readings import Unreadable, Unsuited
from fiapx_engine.segments import EngineName
from fiapx_engine.timeline import Packet

_FRAMES_AT_ONCE: Final = 8
_INTRA: Final = 1


class LibavReadings:
    """Implements `Readings` on a child that was handed its source."""

    engine: EngineName = "libav"
    sequential_ns = 0
    reckons_as_ffmpeg = False
    lost_in = frozenset({"mpeg"})
    decodes_whole = False

    def __init__(self, child: LibavChild) -> None:
        self._child = child

    async def headers(self) -> dict[str, Any]:
        try:
            with understood():
                told: dict[str, Any] = (await self._child.ask({"do": "headers"}))["done"]
                videos = [stream for stream in told["streams"] if stream["codec_type"] == "video"]
        except ChildRefused as error:
            raise Unreadable(str(error)) from error
        if any("codec_name" not in stream for stream in videos):
            raise Unsuited("a video stream that this libav has no decoder for")
        return told

    async def packets(self, stream: VideoStream, most: int) -> tuple[Sequence[Packet], DemuxerLog]:
        log, columns = DemuxerLog(stream.index), Columns()
        command = {"do": "packets", "stream": stream.index, "most": most}
        try:
            async with aclosing(self._child.messages(command)) as messages:
                async for head, body in messages:
                    if "column" in head:
                        _fill(columns, head["column"], body, most)
                    for line in head.get("done", ()):
                        log.read(line)
        except ChildRefused as error:
            raise Unsuited(str(error)) from error
        with understood():
            packets = await asyncio.to_thread(_packets, columns)
        broken = (packet.dts for packet, flags in zip(packets, columns.flags, strict=True) if flags & CORRUPT)
        log.corrupt_dts.extend(dts for dts in broken if dts is not None)
        return packets, log

    async def watched(self, stream: VideoStream, seek_us: int | None) -> AsyncGenerator[SeenFrame, None]:
        command = {"do": "watch", "stream": stream.index, "seek_us": seek_us}
        try:
            await self._child.ask(command)
            while frames := (await self._child.ask({"do": "frames", "count": _FRAMES_AT_ONCE}))["done"]:
                with understood():
                    seen = [_seen(frame) for frame in frames]
                for frame in seen:
                    yield frame
        except ChildRefused as error:
            raise Unsuited(str(error)) from error


@contextmanager
def understood() -> Iterator[None]:
    """An answer that is not of the form that was asked for is a child gone wrong."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, "an answer that is none") from error


def _fill(columns: Columns, name: object, body: bytes, most: int) -> None:
    kind = TYPES.get(str(name))
    if kind is None or len(body) > array(kind).itemsize * (most + 1) or len(body) % array(kind).itemsize:
        raise DecoderFailed(FailureCode.DECODER_CRASHED, "a column without measure")
    setattr(columns, str(name), array(kind, body))


def _packets(columns: Columns) -> list[Packet]:
    return [_packet(*row) for row in columns.rows()]


def _seen(frame: dict[str, Any]) -> SeenFrame:
    return SeenFrame(
        pts=frame["pts"],
        keyframe=frame["key"],
        intra=frame["type"] == _INTRA,
        broken=frame["broken"],
        interlaced=frame["interlaced"],
    )


def _packet(pts: int, dts: int, duration: int, position: int, flags: int) -> Packet:
    return Packet(
        pts=None if pts == UNKNOWN else pts,
        dts=None if dts == UNKNOWN else dts,
        duration=duration,
        position=None if position < 0 else position,
        keyframe=bool(flags & KEYFRAME),
        discarded=bool(flags & DISCARDED),
    )
