"""A look at the source before anything is taken from it: headers and frames, in one container as far as it goes.

To open one costs the decoding of some frames, by which libav learns what the headers do not tell.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any, Final

from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from fiapx_engine.libav.byte_input import ByteInput
from fiapx_engine.libav.complaints import Complaints
from fiapx_engine.libav.decoding import decoded, seek
from fiapx_engine.libav.headers import headers
from fiapx_engine.libav.opened import only, opened

_PACKETS_TRIED: Final = 64

Seen = tuple[VideoFrame, bool]
"""A frame, and whether something is wrong with it."""


class Watching:
    """Answers in any order; each answer ends the one before. Raises av.error.FFmpegError."""

    def __init__(self, source: ByteInput, complaints: Complaints) -> None:
        self._source = source
        self._complaints = complaints
        self._open = ExitStack()
        self._watched: tuple[InputContainer, VideoStream] | None = None
        self._from_beginning: Iterator[Seen] | None = None
        self.format_name = ""

    def close(self) -> None:
        self._watched = self._from_beginning = None
        self._open.close()

    def headers(self) -> dict[str, Any]:
        """As `headers.headers`; what it decodes is kept for `frames`."""
        container = self._reopened()
        self.format_name = container.format.name
        return headers(container, lambda stream: self._first(container, stream))

    def frames(self, index: int, seek_us: int | None) -> Iterator[Seen]:
        """Of this stream, from the beginning or from the keyframe that `Run.seek_us` names."""
        begun, self._from_beginning = self._from_beginning, None
        is_watched = self._watched is not None and self._watched[1].index == index
        if is_watched and begun is not None and seek_us is None:
            return begun
        if self._watched is None or not is_watched or seek_us is None:
            container = self._reopened()
            self._watched = container, only(container, index)
        seek(*self._watched, seek_us)
        return decoded(self._watched[0].demux(self._watched[1]), self._complaints)

    def _first(self, container: InputContainer, stream: VideoStream) -> VideoFrame | None:
        """The stream's first frame, if it comes soon."""
        self._watched = container, only(container, stream.index)
        packets = container.demux(stream)
        tried = decoded(islice(packets, _PACKETS_TRIED), self._complaints)
        first = next(tried, None)
        self._from_beginning = chain(() if first is None else (first,), tried, decoded(packets, self._complaints))
        return None if first is None else first[0]

    def _reopened(self) -> InputContainer:
        self.close()
        return self._open.enter_context(opened(self._source))
