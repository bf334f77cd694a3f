import struct
import zlib
from itertools import pairwise

import pytest
from fiapx_engine.png_stream import NotPng, PngSplitter
from hypothesis import given
from hypothesis import strategies as st


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, payload: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, 7, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", payload) + chunk(b"IEND", b"")


@given(st.lists(st.binary(max_size=60), max_size=5), st.lists(st.integers(0, 600), max_size=8))
def test_images_come_out_whole_however_the_bytes_arrive(payloads: list[bytes], cuts: list[int]) -> None:
    images = [png(n + 1, payload) for n, payload in enumerate(payloads)]
    stream = b"".join(images)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    splitter = PngSplitter(1000)

    pieces = [stream[start:end] for start, end in pairwise(edges)]

    assert [image for piece in pieces for image in splitter.feed(piece)] == images
    assert splitter.is_between_images


def test_an_image_is_given_as_soon_as_it_is_complete() -> None:
    splitter = PngSplitter(1000)
    image = png(1, b"x")

    assert list(splitter.feed(image[:-1])) == []
    assert list(splitter.feed(image[-1:] + b"\x89")) == [image]
    assert not splitter.is_between_images


def test_the_word_iend_inside_an_image_does_not_end_it() -> None:
    image = png(1, b"....IEND....")

    assert list(PngSplitter(1000).feed(image)) == [image]


def test_something_else_is_refused() -> None:
    with pytest.raises(NotPng, match="signature"):
        list(PngSplitter(1000).feed(b"GIF89a"))


def test_an_image_that_announces_too_much_is_refused_before_it_is_read() -> None:
    announced = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31) + b"IDAT"

    with pytest.raises(NotPng, match="more than 1000 bytes"):
        list(PngSplitter(1000).feed(announced))
