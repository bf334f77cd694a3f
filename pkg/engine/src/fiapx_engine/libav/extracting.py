"""One segment inside the child: decoding in this thread, conversion and encoding in a few others, images in order."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from threading import local
from typing import Final

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame
from fiapx_models.qualities import QUALITIES

from fiapx_engine import encoders
from fiapx_engine.errors import FramesLost
from fiapx_engine.image_formats import JPEG, PNG
from fiapx_engine.libav.byte_input import ByteInput
from fiapx_engine.libav.complaints import Complaints
from fiapx_engine.libav.converting import Converter
from fiapx_engine.libav.decoding import RunDecoder, seek
from fiapx_engine.libav.opened import only, opened
from fiapx_engine.segments import Entry, Picture, Segment

_AHEAD_PER_THREAD: Final = 2

Image = tuple[tuple[Entry, ...], bytes]


def extract(source: ByteInput, segment: Segment, threads: int, complaints: Complaints) -> Iterator[Image]:
    """Images in the order of time, of which a few at once are in memory.

    Raises:
        FramesLost: the decoder did not give what was planned.
        av.error.FFmpegError: the container or a filter failed.
    """
    encode = _Encoder(segment.picture)
    waiting: deque[tuple[tuple[Entry, ...], Future[bytes]]] = deque()
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


def _next(waiting: "deque[tuple[tuple[Entry, ...], Future[bytes]]]") -> Image:
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
    """Frame to file; a converter for each thread."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._own = local()
        self._encode = _encoding(picture)

    def __call__(self, frame: VideoFrame) -> bytes:
        if not hasattr(self._own, "converter"):
            self._own.converter = Converter(self._picture)
        return self._encode(self._own.converter, frame)


def _encoding(picture: Picture) -> Callable[[Converter, VideoFrame], bytes]:
    quality = picture.quality or QUALITIES.get(picture.format, 0)
    if picture.format == PNG.name:
        return lambda converter, frame: encoders.png(converter.pixels(frame))
    if picture.format == JPEG.name:
        return lambda converter, frame: encoders.jpeg(converter.pixels(frame), quality)
    return lambda converter, frame: _webp(converter.frame(frame), quality)


def _webp(frame: VideoFrame, quality: int) -> bytes:
    context = av.CodecContext.create("libwebp", "w")
    context.width, context.height, context.pix_fmt = frame.width, frame.height, frame.format.name
    context.time_base = frame.time_base or Fraction(1)
    context.options = {"quality": str(quality)}
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
