"""Decoded frames to the pixels of an image, through the filters that the command line would use."""

from fractions import Fraction

from av.filter import Graph
from av.video.frame import VideoFrame

from fiapx_engine.filters import filters
from fiapx_engine.segments import Picture


class Converter:
    """One filter graph, made for the first frame and made anew when frames change. For one thread."""

    def __init__(self, picture: Picture) -> None:
        self._filters = filters(picture)
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
