"""First bytes that are no video's, and edges of those that are."""

import random

import pytest
from upload_service.entities.containers import HEAD_BYTES, container_of
from upload_service.entities.errors import UnsupportedContainer

STRANGERS = {
    "a text": (b"just some words\n" * 100, "text file"),
    "a text cut in the middle of a letter": ("açã".encode()[:-1], "text file"),
    "a text in UTF-16": ("texto".encode("utf-16"), "text file"),
    "a playlist": (b"#EXTM3U\n#EXT-X-STREAM-INF\nfile:///etc/passwd\n", "text file"),
    "a concat script": (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "text file"),
    "an SDP": (b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "text file"),
    "a DASH manifest": (b'<?xml version="1.0"?><MPD></MPD>', "text file"),
    "a ZIP": (b"PK\x03\x04" + bytes(100), "ZIP archive"),
    "an empty ZIP": (b"PK\x05\x06" + bytes(18), "ZIP archive"),
    "a gzip": (b"\x1f\x8b\x08" + bytes(100), "archive"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + bytes(100), "image"),
    "a JPEG": (b"\xff\xd8\xff\xe0" + bytes(100), "image"),
    "a WebP": (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(100), "image"),
    "a HEIC": (b"\x00\x00\x00\x18ftypheic" + bytes(100), "image"),
    "an AVIF": (b"\x00\x00\x00\x18ftypavif" + bytes(100), "image"),
    "an MP3": (b"ID3\x04" + bytes(100), "sound file"),
    "a WAV": (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(100), "sound file"),
    "a program": (b"\x7fELF" + bytes(100), "program"),
    "an elementary stream": (b"\x00\x00\x01\xb3" + bytes(100), "damaged at its beginning"),
    "letters of an old code page": (b"v\xeddeo em a\xe7\xe3o " * 100, "damaged at its beginning"),
    "zeros": (bytes(HEAD_BYTES), "damaged at its beginning"),
    "noise": (b"\x00" + random.Random(1).randbytes(HEAD_BYTES), "damaged at its beginning"),
    "AVI without RIFF": (b"FORM\x00\x00\x00\x00AVI " + bytes(100), "sound file"),
    "one byte": (b"\x1a", "damaged at its beginning"),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_video_is_told_by_what_it_is(name: str) -> None:
    head, words = STRANGERS[name]
    with pytest.raises(UnsupportedContainer) as refused:
        container_of(head)
    assert words in refused.value.detail
    assert "Accepted are MP4" in refused.value.detail


@pytest.mark.parametrize(
    ("head", "container"),
    [
        (b"OggS\x00\x02" + bytes(100), "ogg"),
        (b"\x00\x00\x00\x08wide\x00\x00\x00\x10mdat", "mov"),
        (b"\x00\x00\x00\x01mdat" + bytes(100), "mov"),
        (b"\x00\x00\x00\x18stypmsdh" + bytes(100), "mov"),
    ],
)
def test_less_common_beginnings_are_known(head: bytes, container: str) -> None:
    assert container_of(head) == container


@pytest.mark.parametrize("stride", [188, 192])
@pytest.mark.parametrize("start", [0, 1, 100, 187])
def test_a_transport_stream_may_begin_within_a_packet(stride: int, start: int) -> None:
    head = bytearray(HEAD_BYTES)
    for position in range(start, HEAD_BYTES, stride):
        head[position] = 0x47
    assert container_of(bytes(head)) == "mpegts"


def test_four_sync_bytes_are_too_few_for_a_transport_stream() -> None:
    head = bytearray(HEAD_BYTES)
    for position in range(0, 4 * 188, 188):
        head[position] = 0x47
    with pytest.raises(UnsupportedContainer):
        container_of(bytes(head))
