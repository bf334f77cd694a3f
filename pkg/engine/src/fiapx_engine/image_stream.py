"""Single JPEG and WebP images out of a stream of them."""

from collections.abc import Callable, Iterator
from typing import Protocol

from fiapx_engine.image_formats import JPEG, PNG
from fiapx_engine.png_stream import NotPng, PngSplitter
from fiapx_engine.segments import Picture

_RIFF_HEADER = 8
_MARKER = 2
_MARKER_BEGIN = 0xFF
_SCAN = 0xDA
_OVERHEAD_BYTES = 1024 * 1024


class NotImage(ValueError):
    pass


class Splitter(Protocol):
    """Takes bytes as they come and gives each image as soon as its last byte is in."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Raises NotImage."""
        ...


class _LengthSplitter:
    """Keeps one image at most; `image_end` tells where the first image of the bytes ends, None: not in yet."""

    def __init__(self, image_end: Callable[[bytearray], int | None], most_bytes: int) -> None:
        self._image_end = image_end
        self._most_bytes = most_bytes
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._held += data
        while (end := self._image_end(self._held)) is not None:
            image = bytes(memoryview(self._held)[:end])
            del self._held[:end]
            yield image
        if len(self._held) > self._most_bytes:
            raise NotImage(f"an image of more than {self._most_bytes} bytes")


class _Png:
    def __init__(self, most_bytes: int) -> None:
        self._splitter = PngSplitter(most_bytes)

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            yield from self._splitter.feed(data)
        except NotPng as error:
            raise NotImage(str(error)) from error


def raw_splitter(frame_bytes: int) -> Splitter:
    """For frames of so many raw bytes each."""
    return _LengthSplitter(lambda held: frame_bytes if len(held) >= frame_bytes else None, frame_bytes)


def splitter(format_name: str, most_bytes: int) -> Splitter:
    """For images of this format, none larger than `most_bytes`."""
    if format_name == PNG.name:
        return _Png(most_bytes)
    return _LengthSplitter(jpeg_end if format_name == JPEG.name else webp_end, most_bytes)


def most_image_bytes(picture: Picture) -> int:
    """Of one that does not compress at all."""
    return picture.width * picture.height * (6 if picture.deep else 3) * 9 // 8 + _OVERHEAD_BYTES


def jpeg_end(data: bytearray) -> int | None:
    """By its markers (ITU T.81, annex B): segments with lengths up to the scan, whose end no data can look like."""
    if not data.startswith(b"\xff\xd8"[: len(data)]):
        raise NotImage("no JPEG marker")
    at = _MARKER
    while at + 2 * _MARKER <= len(data):
        if data[at] != _MARKER_BEGIN:
            raise NotImage("no JPEG marker")
        if data[at + 1] == _SCAN:
            end = data.find(b"\xff\xd9", at)
            return None if end < 0 else end + _MARKER
        at += _MARKER + int.from_bytes(data[at + _MARKER : at + 2 * _MARKER])
    return None


def webp_end(data: bytearray) -> int | None:
    """By the length in its RIFF header."""
    if not data.startswith(b"RIFF"[: len(data)]):
        raise NotImage("no RIFF header")
    if len(data) < _RIFF_HEADER:
        return None
    end = _RIFF_HEADER + int.from_bytes(data[4:8], "little")
    return end if len(data) >= end else None
