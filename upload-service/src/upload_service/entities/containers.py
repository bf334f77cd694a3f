"""Which kind of file it is, told by its first bytes and never by its name."""

from codecs import getincrementaldecoder
from typing import Final

from upload_service.entities.errors import UnsupportedContainer

HEAD_BYTES: Final = 1024
"""As many first bytes as telling takes (five MPEG-TS packets of 192 bytes), or the whole file where it is shorter."""

_SIGNATURES: Final = (
    ("matroska", 0, b"\x1a\x45\xdf\xa3"),
    ("avi", 8, b"AVI "),
    ("flv", 0, b"FLV\x01"),
    ("asf", 0, bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")),
    ("ogg", 0, b"OggS"),
    ("mpegps", 0, b"\x00\x00\x01\xba"),
)
# ISO/IEC 14496-12 and QuickTime: a file may begin with any of these boxes.
_BOXES: Final = (b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"wide", b"free", b"skip", b"pnot")
_IMAGE_BRANDS: Final = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"crx ")
_SYNC: Final = 0x47
_TS_STRIDES: Final = (188, 192)
_TS_PACKETS: Final = 5

_STRANGERS: Final = (
    ("This is a ZIP archive, not a video.", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")),
    ("This is an archive, not a video.", (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")),
    (
        "This is an image, not a video.",
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\x00\x00\x01\x00", b"8BPS"),
    ),
    ("This is a sound file, not a video.", (b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"FORM")),
    ("This is a program, not a video.", (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe")),
)
_RIFF: Final = {
    b"WAVE": "This is a sound file, not a video.",
    b"WEBP": "This is an image, not a video.",
}
_Utf8Decoder: Final = getincrementaldecoder("utf-8")
_SPACE: Final = 0x20
_TEXT_CONTROLS: Final = frozenset(b"\t\n\v\f\r\x1b")


def container_of(head: bytes) -> str:
    """The container that the file's first `HEAD_BYTES` or more show.

    Raises:
        UnsupportedContainer: none of ours; says what it seems to be.
    """
    for name, offset, signature in _SIGNATURES:
        if head.startswith(signature, offset) and (name != "avi" or head.startswith(b"RIFF")):
            return name
    if _is_boxes(head):
        return "mov"
    if _is_transport_stream(head):
        return "mpegts"
    raise UnsupportedContainer(_what_it_is(head))


def _is_boxes(head: bytes) -> bool:
    return head[4:8] in _BOXES and not (head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS)


def _is_transport_stream(head: bytes) -> bool:
    """Five sync bytes in the rhythm of packets; a recording may begin in the middle of one."""
    return any(
        all(head[position] == _SYNC for position in range(start, start + stride * _TS_PACKETS, stride))
        for stride in _TS_STRIDES
        for start in range(stride)
        if start + stride * (_TS_PACKETS - 1) < len(head)
    )


def _what_it_is(head: bytes) -> str:
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return "This is an image, not a video."
    if head.startswith(b"%PDF"):
        return "This is a PDF document, not a video."
    if _is_text(head):
        return "This is a text file, not a video."
    for sentence, signatures in _STRANGERS:
        if head.startswith(signatures):
            return sentence
    return "This file is damaged at its beginning or is not a video."


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if any(byte < _SPACE and byte not in _TEXT_CONTROLS for byte in head):
        return False
    try:
        # Not the end of the text: its last character may be cut.
        _Utf8Decoder().decode(head)
    except UnicodeDecodeError:
        return False
    return True
