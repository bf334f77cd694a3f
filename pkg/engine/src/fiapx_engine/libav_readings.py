"""Readings by libav in one child, and by as few bytes of the source as can be."""

from array import array
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
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
    lost_in = frozenset({"mpeg"})
    decodes_whole = False

    def __init__(self, child: LibavChild) -> None:
        self._child = child

    async def headers(self) -> dict[str, Any]:
        try:
            told: dict[str, Any] = (await self._child.ask({"do": "headers"}))["done"]
        except ChildRefused as error:
            raise Unreadable(str(error)) from error
        return told

    async def packets(self, stream: VideoStream, most: int) -> tuple[Sequence[Packet], DemuxerLog]:
        log, columns = DemuxerLog(stream.index), Columns()
        command = {"do": "packets", "stream": stream.index, "most": most}
        try:
            async with aclosing(self._child.messages(command)) as messages:
                async for head, body in messages:
                    if name := head.get("column"):
                        setattr(columns, name, array(TYPES[name], body))
                    for line in head.get("done", ()):
                        log.read(line)
        except ChildRefused as error:
            raise Unsuited(str(error)) from error
        packets = [_packet(*row) for row in columns.rows()]
        broken = (packet.dts for packet, flags in zip(packets, columns.flags, strict=True) if flags & CORRUPT)
        log.corrupt_dts.extend(dts for dts in broken if dts is not None)
        return packets, log

    async def watched(self, stream: VideoStream, seek_us: int | None) -> AsyncGenerator[SeenFrame, None]:
        command = {"do": "watch", "stream": stream.index, "seek_us": seek_us}
        try:
            await self._child.ask(command)
            while frames := (await self._child.ask({"do": "frames", "count": _FRAMES_AT_ONCE}))["done"]:
                for frame in frames:
                    yield _seen(frame)
        except ChildRefused as error:
            raise DecoderFailed(FailureCode.DECODER_CRASHED, str(error)) from error


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
