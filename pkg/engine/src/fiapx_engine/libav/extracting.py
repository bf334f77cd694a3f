"""One segment inside the child: decoding in this thread, conversion and encoding in a few others, images in order."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import local
from typing import Final

from av.error import FFmpegError
from av.video.frame import VideoFrame

from fiapx_engine.errors import FramesLost
from fiapx_engine.libav.byte_input import ByteInput
from fiapx_engine.libav.complaints import Complaints
from fiapx_engine.libav.converting import Converter
from fiapx_engine.libav.decoding import RunDecoder, seek
from fiapx_engine.libav.imaging import Image, Imaging
from fiapx_engine.libav.opened import only, opened
from fiapx_engine.segments import Entry, Picture, Segment

_AHEAD_PER_THREAD: Final = 2

Made = tuple[tuple[Entry, ...], Image]


def extract(source: ByteInput, segment: Segment, threads: int, complaints: Complaints) -> Iterator[Made]:
    """Images in the order of time, of which a few at once are in memory.

    Raises:
        FramesLost: the decoder did not give what was planned.
        av.error.FFmpegError: the container or a filter failed.
    """
    encode = _Encoder(segment.picture)
    waiting: deque[tuple[tuple[Entry, ...], Future[Image]]] = deque()
    with ThreadPoolExecutor(threads, "encode") as pool:
        try:
            try:
                for entries, frame in _frames(source, segment, complaints):
                    waiting.append((entries, pool.submit(encode, frame)))
                    while len(waiting) > _AHEAD_PER_THREAD * threads or (waiting and waiting[0][1].done()):
                        yield _next(waiting)
            except (FramesLost, FFmpegError):
                while waiting:  # they are good, and another attempt must give up after the same image
                    yield _next(waiting)
                raise
            while waiting:
                yield _next(waiting)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _next(waiting: "deque[tuple[tuple[Entry, ...], Future[Image]]]") -> Made:
    entries, encoded = waiting.popleft()
    return entries, encoded.result()


def _frames(
    source: ByteInput, segment: Segment, complaints: Complaints
) -> Iterator[tuple[tuple[Entry, ...], VideoFrame]]:
    """In the order of the runs; one that begins at the file's beginning takes a fresh container, and comes first."""
    with opened(source) as container:
        stream = only(container, segment.stream)
        for run in segment.runs:
            seek(container, stream, run.seek_us)
            yield from RunDecoder(container, stream, run, complaints).frames()


class _Encoder:
    """Frame to image; a converter for each thread."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._own = local()
        self._imaging = Imaging(picture)

    def __call__(self, frame: VideoFrame) -> Image:
        if not hasattr(self._own, "converter"):
            self._own.converter = Converter(self._picture)
        return self._imaging.image(self._own.converter.frame(frame))
