"""Which frames of a job's segments go into the archive: decided by all of them together, whoever made them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fiapx_engine.frame_rows import FrameRow
from fiapx_engine.scores import Likeness
from fiapx_engine.zip_parts import entry_length


@dataclass(frozen=True)
class KeptFrames:
    """Of one part: rows whose offsets count within what is kept, and the (start, length) of that in the part."""

    rows: tuple[FrameRow, ...]
    ranges: tuple[tuple[int, int], ...]

    @property
    def size_bytes(self) -> int:
        return sum(length for _, length in self.ranges)


def kept_frames(parts: Sequence[Sequence[FrameRow]], likeness: Likeness) -> list[KeptFrames]:
    """Frames of the parts in the plan's order, with their freeze scores, without those that are doubles."""
    return [_kept(rows, likeness) for rows in parts]


def _kept(rows: Sequence[FrameRow], likeness: Likeness) -> KeptFrames:
    kept: list[FrameRow] = []
    ranges: list[tuple[int, int]] = []
    size_bytes = 0
    for row in rows:
        verdict = likeness.judge(row.hash)
        if not verdict.is_kept:
            continue
        kept.append(replace(row, freeze=verdict.freeze, offset=size_bytes))
        length = entry_length(row)
        size_bytes += length
        if ranges and sum(ranges[-1]) == row.offset:
            ranges[-1] = (ranges[-1][0], ranges[-1][1] + length)
        else:
            ranges.append((row.offset, length))
    return KeptFrames(tuple(kept), tuple(ranges))
