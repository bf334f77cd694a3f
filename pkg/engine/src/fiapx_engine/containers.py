"""What a file's first bytes say: whether it means to be a video, and how long it says that it is."""

HEAD_BYTES = 64 * 1024
FORMATS = "mov,mp4,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg"
"""The demuxers that are let near a file, as libavformat calls them."""
_MOV_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"})
_MAGIC = (b"\x1a\x45\xdf\xa3", b"FLV\x01", b"OggS", b"\x00\x00\x01\xba")
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_BROADCAST = 1
_TS_PACKET = 188
_TS_SYNC = 0x47
_UNFINISHED = (0, 0xFFFF_FFFF)


def looks_like_video(head: bytes) -> bool:
    """Whether the magic bytes are those of a container that we read."""
    return (
        head[4:8] in _MOV_ATOMS
        or head.startswith((*_MAGIC, _ASF))
        or _is_avi(head)
        or (len(head) > _TS_PACKET and head[0] == head[_TS_PACKET] == _TS_SYNC)
    )


def declared_bytes(head: bytes) -> int | None:
    """The size that the file should have at least, where its header tells: a shorter file was cut off."""
    if _is_avi(head):
        size = int.from_bytes(head[4:8], "little")
        return None if size in _UNFINISHED else size + 8
    if head.startswith(_ASF):
        return _asf_size(head)
    return None


def _is_avi(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"AVI "


def _asf_size(head: bytes) -> int | None:
    """ASF specification, section 3.2: GUID, object size, file id, file size, …, flags."""
    at = head.find(_ASF_FILE_PROPERTIES)
    if at < 0:
        return None
    size = int.from_bytes(head[at + 40 : at + 48], "little")
    flags = int.from_bytes(head[at + 88 : at + 92], "little")
    return None if flags & _ASF_BROADCAST or not size else size
