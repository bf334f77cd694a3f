"""Decoded frames to the pixels of an image, through the filters that the command line would use."""

from fractions import Fraction
from typing import Final

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame

from fiapx_engine.encoders import Pixels, Plane
from fiapx_engine.filters import filters
from fiapx_engine.segments import Picture

_BYTES_PER_PIXEL: Final = 3
_CHROMA_SUBSAMPLING: Final = 2


class Converter:
    """One filter graph, made for the first frame and made anew when frames change. For one thread."""

    def __init__(self, picture: Picture) -> None:
        self._filters = filters(picture)
        self._deep = picture.deep
        self._made_for: tuple[object, ...] | None = None
        self._graph = Graph()

    def frame(self, frame: VideoFrame) -> VideoFrame:
        """The converted frame. Raises av.error.FFmpegError."""
        shape = (frame.width, frame.height, frame.format.name, frame.colorspace, frame.color_range)
        if shape != self._made_for:
            self._graph = _graph(frame, self._filters)
            self._made_for = shape
        self._graph.vpush(frame)
        return self._graph.vpull()

    def pixels(self, frame: VideoFrame) -> Pixels:
        converted = self.frame(frame)
        if len(converted.planes) == 1:
            row_bytes = [converted.width * _BYTES_PER_PIXEL * (2 if self._deep else 1)]
        else:
            half = -(-converted.width // _CHROMA_SUBSAMPLING)
            row_bytes = [converted.width, half, half]
        planes = tuple(_rows(converted, number, length) for number, length in enumerate(row_bytes))
        return Pixels(converted.width, converted.height, self._deep, planes)


def _graph(frame: VideoFrame, chain: tuple[tuple[str, str], ...]) -> Graph:
    graph = Graph()
    graph.threads = 1
    last = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 1000)
    )
    for name, arguments in chain:
        following = graph.add(name, arguments or None)
        last.link_to(following)
        last = following
    last.link_to(graph.add("buffersink"))
    graph.configure()
    return graph


def _rows(frame: VideoFrame, plane: int, row_bytes: int) -> Plane:
    source = frame.planes[plane]
    rows: Plane = np.frombuffer(memoryview(source), np.uint8).reshape(source.height, abs(source.line_size))
    if source.line_size < 0:  # vflip hands the rows on from the last to the first
        rows = rows[::-1]
    return rows[:, :row_bytes]
