"""Writes a rotation into an MP4 file's track header (ISO/IEC 14496-12, 8.3.2), as phones do.

ffmpeg's own options for this changed their name and direction between versions.
"""

import struct
from pathlib import Path

_ONE = 0x0001_0000
_W = 0x4000_0000
_IDENTITY = (_ONE, 0, 0, 0, _ONE, 0, 0, 0, _W)


class NoTrackHeader(ValueError):
    """The file has no track header without a rotation."""


def set_rotation(path: Path, degrees: int, width: int, height: int, *, mirrored: bool = False) -> None:
    """Tell players to turn the first track's picture clockwise; width and height are the stored picture's.

    A `mirrored` one is flipped top to bottom before it is turned.
    """
    file = path.read_bytes()
    header = file.find(b"tkhd")
    start = file.find(_packed(_IDENTITY), header)
    if header < 0 or start < 0:
        raise NoTrackHeader(str(path))
    turned: tuple[int, ...] = {
        0: _IDENTITY,
        90: (0, _ONE, 0, -_ONE, 0, 0, height * _ONE, 0, _W),
        180: (-_ONE, 0, 0, 0, -_ONE, 0, width * _ONE, height * _ONE, _W),
        270: (0, -_ONE, 0, _ONE, 0, 0, 0, width * _ONE, _W),
    }[degrees]
    if mirrored:
        turned = (*turned[:3], *(-cell for cell in turned[3:5]), *turned[5:])
    with path.open("r+b") as out:
        out.seek(start)
        out.write(_packed(turned))


def _packed(matrix: tuple[int, ...]) -> bytes:
    return struct.pack(">9i", *matrix)
