"""Converted frames to image files, with their scores where they are asked for: in one way, whoever decoded them."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.video.frame import VideoFrame
from fiapx_models.qualities import QUALITIES

from fiapx_engine import encoders
from fiapx_engine.encoders import Pixels, Plane
from fiapx_engine.filters import pixel_format
from fiapx_engine.image_formats import JPEG, PNG, WEBP
from fiapx_engine.scores import Scores
from fiapx_engine.scoring import scores
from fiapx_engine.segments import Picture

_BYTES_PER_PIXEL: Final = 3
_CHROMA_SUBSAMPLING: Final = 2


@dataclass(frozen=True, slots=True)
class Image:
    """A file, and how what it shows looks."""

    data: bytes
    scores: Scores | None = None


class Imaging:
    """Makes the images of a kind of picture. For any number of threads."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._encode = _encoding(picture)

    def image(self, frame: VideoFrame) -> Image:
        """Of a frame that has gone through the picture's filters. Raises av.error.FFmpegError."""
        pixels = pixels_of(frame, deep=self._picture.deep)
        found = scores(pixels, full_range=self._picture.format != WEBP.name) if self._picture.scored else None
        return Image(self._encode(frame, pixels), found)

    def image_of_raw(self, data: bytes | bytearray) -> Image:
        """Of such a frame's bytes, plane after plane without padding. Raises ValueError where they are too few."""
        frame = VideoFrame(self._picture.width, self._picture.height, pixel_format(self._picture))
        at = 0
        for plane in _planes(frame, deep=self._picture.deep):
            plane[:] = np.frombuffer(data, np.uint8, plane.size, at).reshape(plane.shape)
            at += plane.size
        return self.image(frame)


def pixels_of(frame: VideoFrame, *, deep: bool) -> Pixels:
    """The frame's planes, uncopied."""
    return Pixels(frame.width, frame.height, deep, _planes(frame, deep=deep))


def _planes(frame: VideoFrame, *, deep: bool) -> tuple[Plane, ...]:
    if len(frame.planes) == 1:
        row_bytes = [frame.width * _BYTES_PER_PIXEL * (2 if deep else 1)]
    else:
        half = -(-frame.width // _CHROMA_SUBSAMPLING)
        row_bytes = [frame.width, half, half]
    return tuple(_rows(frame, number, length) for number, length in enumerate(row_bytes))


def _rows(frame: VideoFrame, plane: int, row_bytes: int) -> Plane:
    source = frame.planes[plane]
    rows: Plane = np.frombuffer(memoryview(source), np.uint8).reshape(source.height, abs(source.line_size))
    if source.line_size < 0:  # vflip hands the rows on from the last to the first
        rows = rows[::-1]
    return rows[:, :row_bytes]


def _encoding(picture: Picture) -> Callable[[VideoFrame, Pixels], bytes]:
    quality = picture.quality or QUALITIES.get(picture.format, 0)
    if picture.format == PNG.name:
        return lambda _, pixels: encoders.png(pixels)
    if picture.format == JPEG.name:
        return lambda _, pixels: encoders.jpeg(pixels, quality)
    return lambda frame, _: _webp(frame, quality)


def _webp(frame: VideoFrame, quality: int) -> bytes:
    context = av.CodecContext.create("libwebp", "w")
    context.width, context.height, context.pix_fmt = frame.width, frame.height, frame.format.name
    context.time_base = frame.time_base or Fraction(1)
    context.options = {"quality": str(quality)}
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])
