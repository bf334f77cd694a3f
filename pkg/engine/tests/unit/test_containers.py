import pytest
from fiapx_engine.containers import declared_bytes, looks_like_video

ASF_GUID = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
ASF_PROPERTIES_GUID = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")


def avi(size: int) -> bytes:
    return b"RIFF" + size.to_bytes(4, "little") + b"AVI LIST"


def asf(size: int, flags: int = 2) -> bytes:
    properties = bytes(24) + size.to_bytes(8, "little") + bytes(40) + flags.to_bytes(4, "little")
    return ASF_GUID + bytes(14) + ASF_PROPERTIES_GUID + properties


@pytest.mark.parametrize(
    "head",
    [
        b"\x00\x00\x00\x20ftypisom",
        b"\x00\x00\x00\x08wide\x00\x00",
        b"\x1a\x45\xdf\xa3\x01",
        b"FLV\x01\x05",
        b"OggS\x00",
        b"\x00\x00\x01\xba\x44",
        avi(100),
        asf(100),
        (b"\x47" + bytes(187)) * 2,
    ],
)
def test_known_containers_are_recognised(head: bytes) -> None:
    assert looks_like_video(head)


@pytest.mark.parametrize("head", [b"", b"hello world, this is text", b"PK\x03\x04" + bytes(60), b"\x89PNG\r\n\x1a\n"])
def test_other_files_are_not(head: bytes) -> None:
    assert not looks_like_video(head)


def test_avi_and_asf_tell_their_size() -> None:
    assert declared_bytes(avi(1000)) == 1008
    assert declared_bytes(asf(5000)) == 5000


@pytest.mark.parametrize("head", [avi(0), avi(0xFFFF_FFFF), asf(5000, flags=1), asf(0), ASF_GUID, b"\x00" * 64])
def test_unfinished_and_broadcast_files_tell_none(head: bytes) -> None:
    assert declared_bytes(head) is None
