"""All packets of one stream, without reading what they hold where the container's index tells it all."""

from collections.abc import Iterator
from typing import Final

from av.container import InputContainer
from av.video.stream import VideoStream

from fiapx_engine.libav.byte_input import ByteInput
from fiapx_engine.libav.columns import CORRUPT, DISCARDED, KEYFRAME, UNKNOWN, Columns
from fiapx_engine.libav.opened import only, opened

_TABLED: Final = "mov"
_BOX_HEADER: Final = 16
_MOST_BOXES: Final = 64
_TO_THE_END, _LONG = 0, 1


def scan(source: ByteInput, format_name: str, index: int, most_packets: int) -> Columns:
    """Every packet of one stream from the file's beginning; one more than `most_packets` at most.

    MP4's tables tell all that is asked of a packet, so its media data are not fetched: the demuxer is given zeros, and
    no parser looks at them.

    Raises:
        av.error.FFmpegError: the demuxer gives up.
    """
    tabled = format_name.startswith(_TABLED)
    with opened(source, tables_only=tabled) as container:
        if tabled:
            source.hollow = largest_mdat(source)
        try:
            return _columns(container, only(container, index), most_packets)
        finally:
            source.hollow = range(0)


def _columns(container: InputContainer, stream: VideoStream, most_packets: int) -> Columns:
    columns = Columns()
    for packet in container.demux(stream):
        if not packet.size:
            continue
        columns.pts.append(UNKNOWN if packet.pts is None else packet.pts)
        columns.dts.append(UNKNOWN if packet.dts is None else packet.dts)
        columns.duration.append(packet.duration or 0)
        columns.position.append(-1 if packet.pos is None else packet.pos)
        columns.flags.append(
            KEYFRAME * packet.is_keyframe + DISCARDED * packet.is_discard + CORRUPT * packet.is_corrupt
        )
        if len(columns) > most_packets:
            break
    return columns


def largest_mdat(source: ByteInput) -> range:
    """Where the media data lie: the largest `mdat` box (ISO/IEC 14496-12, 4.2); empty for files of many boxes."""
    found = range(0)
    for number, (kind, box) in enumerate(_boxes(source)):
        if number >= _MOST_BOXES or kind == b"moof":
            return range(0)
        if kind == b"mdat" and len(box) > len(found):
            found = box
    return found


def _boxes(source: ByteInput) -> Iterator[tuple[bytes, range]]:
    """Top-level boxes: their kinds, and where their contents lie."""
    at = 0
    while at + _BOX_HEADER <= source.size_bytes:
        header = _peeked(source, at, _BOX_HEADER)
        length, kind = int.from_bytes(header[:4]), bytes(header[4:8])
        if length == _LONG:
            length = int.from_bytes(header[8:16])
        elif length == _TO_THE_END:
            length = source.size_bytes - at
        if length < _BOX_HEADER // 2:
            return
        yield kind, range(at + _BOX_HEADER, min(at + length, source.size_bytes))
        at += length


def _peeked(source: ByteInput, at: int, length: int) -> bytes:
    """Without moving the reader; what is fetched may end early, where a block does."""
    data = bytes(source.fetch(at, length))
    return data + bytes(source.fetch(at + len(data), length - len(data))) if len(data) < length else data
