"""A container opened for reading its one video stream."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import av
from av.container import InputContainer
from av.stream import Discard
from av.video.stream import VideoStream

from fiapx_engine.containers import FORMATS
from fiapx_engine.libav.byte_input import ByteInput

_BUFFER_BYTES: Final = 64 * 1024
_TABLES: Final = {"fflags": "+noparse", "probesize": "2048"}
"""Packets stay unread, and none is decoded to learn of the streams: 2048 is the least that libav takes."""


@contextmanager
def opened(source: ByteInput, *, tables_only: bool = False) -> Iterator[InputContainer]:
    """With the demuxers that we read, and no way to open anything else; `tables_only` for MP4's packets alone.

    Raises:
        av.error.FFmpegError: no such container, or a broken one.
    """
    source.seek(0)
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"} | (_TABLES if tables_only else {})
    with av.open(
        source,
        mode="r",
        format="mov" if tables_only else None,
        options=options,
        buffer_size=_BUFFER_BYTES,
        metadata_errors="replace",
    ) as container:
        yield container


def only(container: InputContainer, index: int) -> VideoStream:
    """The stream; all others are passed over by the demuxer from now on.

    It is decoded in one thread: more cost more CPU time in all, and let a complaint come after its frame.
    """
    for stream in container.streams:
        if stream.index != index:
            stream.discard = Discard.all
    chosen = container.streams[index]
    if not isinstance(chosen, VideoStream):
        raise TypeError(f"stream {index} is no video")
    chosen.codec_context.thread_count = 1
    return chosen
