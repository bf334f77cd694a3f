"""Makes a clip another file with the same frames."""

from typing import Final

_SEGMENT: Final = b"\x18\x53\x80\x67\x01"
"""The id of Matroska's Segment, and how a size of seven bytes begins: as ffmpeg writes them."""
_SIZE_BYTES: Final = 7


def with_tail(clip: bytes, container: str, tail: bytes) -> bytes:
    """The file and, at its end, bytes that its format tells readers to skip; none for an empty tail.

    Args:
        clip: the whole file, made by ffmpeg.
        container: mp4 or webm.
        tail: any bytes.

    MP4: a `free` box (ISO/IEC 14496-12, 8.1.2); WebM: a Void element in the Segment (RFC 8794, 11.3.2).
    """
    if not tail:
        return clip
    if container == "mp4":
        return clip + (8 + len(tail)).to_bytes(4, "big") + b"free" + tail
    assert container == "webm", f"no tails for {container}"
    void = b"\xec\x01" + len(tail).to_bytes(_SIZE_BYTES, "big") + tail
    at = clip.index(_SEGMENT) + len(_SEGMENT)
    size = int.from_bytes(clip[at : at + _SIZE_BYTES], "big") + len(void)
    return clip[:at] + size.to_bytes(_SIZE_BYTES, "big") + clip[at + _SIZE_BYTES :] + void
