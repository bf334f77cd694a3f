"""What is known of each frame of an archive: kept with its segment, told by the manifest."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

from fiapx_engine.engine import EncodedFrame
from fiapx_engine.segments import Entry
from fiapx_engine.zip_parts import ZipRow


@dataclass(frozen=True, slots=True)
class FrameRow:
    """One frame of the archive as it is kept with its segment; `offset` is its local header's within the part.

    What follows it are its scores where they were asked for; the difference hash has 16 hexadecimal digits. `freeze`
    is known when all segments are done.
    """

    index: int
    name: str
    frame: int
    pts: int
    time_s: float
    keyframe: bool
    width: int
    height: int
    size_bytes: int
    crc32: int
    sha256: str
    offset: int
    sharpness: float | None = None
    black: float | None = None
    freeze: float | None = None
    hash: str | None = None

    def as_json(self) -> list[Any]:
        return list(astuple(self))

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> "FrameRow":
        return cls(*values)


FramePart = tuple[int, Sequence[FrameRow]]
"""Its length in bytes and its rows."""


def frame_row(entry: Entry, frame: EncodedFrame, row: ZipRow) -> FrameRow:
    made = FrameRow(
        index=entry.index,
        name=entry.name,
        frame=entry.frame,
        pts=entry.pts,
        time_s=entry.time_s,
        keyframe=entry.keyframe,
        width=frame.width,
        height=frame.height,
        size_bytes=row.size_bytes,
        crc32=row.crc32,
        sha256=row.sha256,
        offset=row.offset,
    )
    found = frame.scores
    if found is None:
        return made
    return replace(made, sharpness=found.sharpness, black=found.black, hash=found.hash_hex)
