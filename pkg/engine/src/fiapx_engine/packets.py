"""Packets as ffprobe prints them, and which of them its log calls broken."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from fiapx_engine.decoder_log import DemuxerLog, SeenFrame
from fiapx_engine.timeline import Packet

_COLUMNS = 5
# Captures of broadcasts end anywhere; files of other kinds end between two packets, or were cut off.
_CAPTURED = frozenset({"mpegts", "mpeg"})


def packet_of(line: str) -> Packet | None:
    """A packet from `pts,dts,duration,pos,flags`, more columns ignored; None for another line."""
    columns = line.split(",", _COLUMNS)
    if len(columns) < _COLUMNS:
        return None
    pts, dts, duration, position, flags = columns[:_COLUMNS]
    return Packet(
        pts=_number(pts),
        dts=_number(dts),
        duration=_number(duration) or 0,
        position=_number(position),
        keyframe="K" in flags,
        discarded="D" in flags,
    )


def damaged_packets(packets: Sequence[Packet], log: DemuxerLog) -> set[int]:
    """The packets that the log calls corrupt, and the last one before each hole in the file."""
    corrupt = set(log.corrupt_dts)
    damaged = {number for number, packet in enumerate(packets) if packet.dts in corrupt} if corrupt else set()
    positions = [packet.position or 0 for packet in packets] if log.holes else []
    return damaged | {max(bisect_left(positions, hole) - 1, 0) for hole in log.holes}


def ends_broken(container: str, packets: Sequence[Packet], log: DemuxerLog) -> bool:
    return container not in _CAPTURED and bool(packets) and packets[-1].dts in set(log.corrupt_dts)


def packets_from_frames(frames: Iterable[SeenFrame], duration: int) -> list[Packet]:
    """Decoded frames as if each were a packet; a time that is missing or does not rise follows the one before it."""
    packets: list[Packet] = []
    last: int | None = None
    for frame in frames:
        follows = 0 if last is None else last + max(duration, 1)
        pts = follows if frame.pts is None or (last is not None and frame.pts <= last) else frame.pts
        packets.append(Packet(pts, None, duration, None, frame.keyframe, discarded=False))
        last = pts
    return packets


def _number(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None
