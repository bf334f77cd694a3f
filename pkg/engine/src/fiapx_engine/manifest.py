"""The archive's own index: manifest.json, frames.csv, and the same with byte offsets kept beside the archive."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from fiapx_engine.frame_rows import FramePart, FrameRow
from fiapx_engine.zip_parts import ZipPart, central_directory, data_offset

MANIFEST_VERSION = 1
MANIFEST_NAME = "manifest.json"
CSV_NAME = "frames.csv"
_CSV_COLUMNS = (
    "index",
    "name",
    "frame",
    "pts",
    "time_base",
    "time_s",
    "keyframe",
    "width",
    "height",
    "bytes",
    "crc32",
    "sha256",
)
_SCORE_COLUMNS = ("sharpness", "black", "freeze", "hash")


@dataclass(frozen=True, slots=True)
class Description:
    """What the manifest says besides the frames; JSON values, written in the order in which they are given."""

    video: dict[str, Any]
    options: dict[str, Any]
    warnings: Sequence[dict[str, Any]]
    time_base: Fraction
    picture: dict[str, Any] | None = None
    """What was done to each frame."""
    scored: bool = False
    """Whether each frame's scores are told."""


@dataclass(frozen=True, slots=True)
class ClosedArchive:
    """`tail` goes after the last part and completes the archive; `manifest` is the one with offsets, kept beside it."""

    tail: bytes
    manifest: bytes
    frame_count: int
    size_bytes: int


def close_archive(description: Description, parts: Sequence[FramePart]) -> ClosedArchive:
    """The last two entries and the central directory for parts of (length in bytes, rows), in the archive's order.

    The result depends on the frames alone, not on how they were divided into parts.
    """
    rows = [row for _, part in parts for row in part]
    closing, table = ZipPart(), CsvWriter(description)
    tail = [*closing.append(MANIFEST_NAME, _manifest(description, [_frame(row, description) for row in rows]))]
    tail += closing.append(CSV_NAME, table.opening() + table.lines(rows))
    directory = central_directory([*parts, (closing.length_bytes, closing.rows)])
    placed = [_frame(row, description) | {"offset": start + data_offset(row)} for start, row in _with_starts(parts)]
    whole = b"".join((*tail, directory))
    return ClosedArchive(
        tail=whole,
        manifest=_manifest(description, placed),
        frame_count=len(rows),
        size_bytes=sum(length for length, _ in parts) + len(whole),
    )


def _with_starts(parts: Sequence[FramePart]) -> Iterator[tuple[int, FrameRow]]:
    start = 0
    for length_bytes, rows in parts:
        for row in rows:
            yield start, row
        start += length_bytes


def _frame(row: FrameRow, description: Description) -> dict[str, Any]:
    told = {
        "index": row.index,
        "name": row.name,
        "frame": row.frame,
        "pts": row.pts,
        "time_base": _ratio(description.time_base),
        "time_s": row.time_s,
        "keyframe": row.keyframe,
        "width": row.width,
        "height": row.height,
        "bytes": row.size_bytes,
        "crc32": _hex(row.crc32),
        "sha256": row.sha256,
    }
    if description.scored:
        told["scores"] = dict(zip(_SCORE_COLUMNS, _scores(row), strict=True))
    return told


def _scores(row: FrameRow) -> tuple[object, ...]:
    return row.sharpness, row.black, row.freeze, row.hash


class IndexWriter(Protocol):
    """An index of frames as it is written: `opening`, then `lines` for any number of rows at a time, then `closing`."""

    def opening(self) -> bytes: ...
    def lines(self, rows: Iterable[FrameRow]) -> bytes: ...
    def closing(self) -> bytes: ...


class ManifestWriter:
    """manifest.json: one line for each frame, so that it can be read by eye and by line."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._between = ""

    def opening(self) -> bytes:
        description = self._description
        head = {
            "version": MANIFEST_VERSION,
            "video": description.video,
            "options": description.options,
            "picture": description.picture,
            "warnings": list(description.warnings),
        }
        return f'{_json(head)[:-1]},"frames":[\n'.encode()

    def lines(self, rows: Iterable[FrameRow]) -> bytes:
        return self.frames(_frame(row, self._description) for row in rows)

    def frames(self, frames: Iterable[dict[str, Any]]) -> bytes:
        """As `lines`, of frames that say more."""
        text = ",\n".join(_json(frame) for frame in frames)
        if not text:
            return b""
        between, self._between = self._between, ",\n"
        return f"{between}{text}".encode()

    def closing(self) -> bytes:
        return b"\n]}\n"


class CsvWriter:
    """frames.csv."""

    def __init__(self, description: Description) -> None:
        self._time_base = _ratio(description.time_base)
        self._scored = description.scored

    def opening(self) -> bytes:
        return _csv([(*_CSV_COLUMNS, *_SCORE_COLUMNS) if self._scored else _CSV_COLUMNS])

    def lines(self, rows: Iterable[FrameRow]) -> bytes:
        return _csv(
            (
                *(row.index, row.name, row.frame, row.pts, self._time_base, row.time_s, int(row.keyframe)),
                *(row.width, row.height, row.size_bytes, _hex(row.crc32), row.sha256),
                *(_scores(row) if self._scored else ()),
            )
            for row in rows
        )

    def closing(self) -> bytes:
        return b""


def _manifest(description: Description, frames: Iterable[dict[str, Any]]) -> bytes:
    writer = ManifestWriter(description)
    return writer.opening() + writer.frames(frames) + writer.closing()


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _hex(crc32: int) -> str:
    return f"{crc32:08x}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
