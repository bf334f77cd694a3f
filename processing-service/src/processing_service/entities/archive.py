"""The archive's objects: their keys, and how a segment's parts are joined on a store that has a minimum for parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from processing_service.entities.job import JobKey, ResultKey
from processing_service.entities.segment import SegmentKey

SMALLEST_PART_BYTES: Final = 5 << 20
"""S3: every part but the last must have this much."""
LARGEST_PART_BYTES: Final = 5 << 30
"""S3: the most that one request copies or stores."""
PARTS_AT_MOST: Final = 10_000
_PARTS_FOR_TAIL: Final = 100
"""Kept free of PARTS_AT_MOST for the manifest and the central directory."""


def parts_of_video(video_id: UUID) -> str:
    return f"parts/{video_id}/"


def parts_of_job(job: JobKey) -> str:
    return f"{parts_of_video(job.video_id)}{job.attempt}/"


def part_key(segment: SegmentKey, lease_attempt: int) -> str:
    """One holder's part: a late one writes beside the right one, never over it."""
    return f"{parts_of_job(segment.job)}{segment.number}-{lease_attempt}"


def results_of_video(video_id: UUID) -> str:
    return f"results/{video_id}/"


def results_of_job(job: JobKey) -> str:
    return f"{results_of_video(job.video_id)}{job.attempt}/"


def result_folder(result: ResultKey) -> str:
    """One holder's: a late one writes beside the finished archive, never over it."""
    folder = results_of_job(result.job)
    return folder if result.lease_attempt is None else f"{folder}{result.lease_attempt}/"


def archive_key(result: ResultKey) -> str:
    return f"{result_folder(result)}frames.zip"


def manifest_key(result: ResultKey) -> str:
    return f"{result_folder(result)}manifest.json"


def previews_of_job(job: JobKey) -> str:
    return f"{results_of_job(job)}previews/"


@dataclass(frozen=True)
class StoredPart:
    """A segment's part object, and which of its bytes go into the archive."""

    key: str
    size_bytes: int
    kept: tuple[tuple[int, int], ...] | None = None
    """(start, length) in order; None: all."""

    @property
    def pieces(self) -> tuple["Piece", ...]:
        """What goes into the archive."""
        kept = ((0, self.size_bytes),) if self.kept is None else self.kept
        return tuple(Piece(self.key, start, length) for start, length in kept if length)

    @property
    def kept_bytes(self) -> int:
        return size_of(self.pieces)


@dataclass(frozen=True)
class Piece:
    """The bytes [start, start + length) of a part object."""

    key: str
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class Copied:
    """One part of the archive, copied on the store."""

    piece: Piece


@dataclass(frozen=True)
class Sent:
    """One part of the archive, read here and sent as one: small neighbours together."""

    pieces: tuple[Piece, ...]

    @property
    def length(self) -> int:
        return size_of(self.pieces)


@dataclass(frozen=True)
class JoinPlan:
    """How an archive is put together: `joined` in order, then what is `left` with the tail behind it."""

    joined: tuple[Copied | Sent, ...]
    left: Sent


def plan_join(parts: Sequence[StoredPart]) -> JoinPlan:
    """Groups neighbours until each part has S3's minimum; what the last group lacks is made up by the tail."""
    wanted = [piece for part in parts for piece in part.pieces]
    # pieces are at least this large, so a very long video stays below S3's maximum of parts
    smallest = max(SMALLEST_PART_BYTES, -(-size_of(wanted) // (PARTS_AT_MOST - _PARTS_FOR_TAIL)))
    joined: list[Copied | Sent] = []
    group: list[Piece] = []
    grouped = 0
    for whole in wanted:
        start = whole.start
        while start < whole.end:
            piece = Piece(whole.key, start, _length(whole.end - start, grouped, smallest))
            start = piece.end
            if not group and piece.length >= smallest:
                joined.append(Copied(piece))
                continue
            group.append(piece)
            grouped += piece.length
            if grouped >= smallest:
                joined.append(Sent(tuple(group)))
                group, grouped = [], 0
    return JoinPlan(tuple(joined), Sent(tuple(group)))


def size_of(pieces: Iterable[Piece]) -> int:
    """Bytes of all."""
    return sum(piece.length for piece in pieces)


def _length(left: int, grouped: int, smallest: int) -> int:
    """How much of a part's rest goes into the next piece: no rest may be too small to stand alone."""
    if grouped:
        missing = smallest - grouped
        return left if left - missing < smallest else missing
    if left <= LARGEST_PART_BYTES:
        return left
    return min(LARGEST_PART_BYTES, left - smallest)
