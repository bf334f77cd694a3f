"""A whole extraction in this process: from a file to the archive that the platform would make of it."""

import asyncio
import json
import os
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from fiapx_models.failures import FailureCode
from fiapx_models.options import Options

from fiapx_engine.damage import Damaged, damage_warnings
from fiapx_engine.engine import EncodedFrame, Engine
from fiapx_engine.errors import VideoRefused
from fiapx_engine.frame_plan import Plan
from fiapx_engine.frame_rows import FrameRow, frame_row
from fiapx_engine.manifest import Description, close_archive
from fiapx_engine.media import Media, Source
from fiapx_engine.pictures import done
from fiapx_engine.plan_warnings import PlanWarning
from fiapx_engine.requests import request_of
from fiapx_engine.scores import Likeness
from fiapx_engine.source_bytes import LocalFile
from fiapx_engine.zip_parts import ZipPart

Progress = Callable[[int, int], None]
"""Told entries made and entries planned."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it; warnings in English."""

    media: Media
    frame_count: int
    size_bytes: int
    warnings: tuple[str, ...]


async def extract_to_zip(engine: Engine, video: Path, options: Options, target: Path, on_progress: Progress) -> Made:
    """Writes beside `target`, and gives the file its name when it is whole.

    Raises:
        VideoRefused, DecoderFailed: as the engine does; `target` is untouched.
        OSError: the video cannot be read, or the archive not be written.
    """
    source_bytes = LocalFile(video)
    source = await engine.probe(source_bytes)
    plan = await engine.plan(source, await engine.completed(source_bytes, source, request_of(options)))
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            archive = _Archive(file, Likeness(options.dedup_threshold))
            for segment in plan.segments:
                async with aclosing(engine.extract(source_bytes, segment)) as frames:
                    async for frame in frames:
                        await asyncio.to_thread(archive.add, frame)
                        on_progress(archive.likeness.seen, plan.entry_count)
            if not archive.entry_count:
                raise VideoRefused(FailureCode.DAMAGED, "not one wanted frame could be decoded")
            warnings = (*plan.warnings, *damage_warnings(archive.damaged), *archive.likeness.warnings)
            size_bytes = archive.close(_description(video, source, plan, options, warnings))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return Made(
        media=source.media,
        frame_count=archive.entry_count,
        size_bytes=size_bytes,
        warnings=tuple(told.message["en"] for told in warnings),
    )


class _Archive:
    """One part, written to a file."""

    def __init__(self, file: BinaryIO, likeness: Likeness) -> None:
        self.likeness = likeness
        self._file = file
        self._part = ZipPart()
        self._rows: list[FrameRow] = []
        self.damaged: list[Damaged] = []

    @property
    def entry_count(self) -> int:
        return len(self._rows)

    def add(self, frame: EncodedFrame) -> None:
        self.damaged += frame.damaged
        for entry in frame.entries:
            verdict = self.likeness.judge(None if frame.scores is None else frame.scores.hash_hex)
            if verdict.is_kept:
                self._file.writelines(self._part.append(entry.name, frame.data))
                row = frame_row(entry, frame, self._part.rows[-1])
                self._rows.append(replace(row, freeze=verdict.freeze))

    def close(self, description: Description) -> int:
        """The archive's length."""
        closed = close_archive(description, [(self._part.length_bytes, self._rows)])
        self._file.write(closed.tail)
        return closed.size_bytes


def _description(
    video: Path, source: Source, plan: Plan, options: Options, warnings: Iterable[PlanWarning]
) -> Description:
    """As the platform's, whose videos have an id and what users note of them."""
    told: dict[str, Any] = {
        "id": None,
        "filename": video.name,
        "external_id": None,
        "metadata": None,
        "media": asdict(source.media),
        "creation_time": source.creation_time,
        "timecode": source.timecode,
    }
    return Description(
        video=told,
        options=json.loads(options.canonical_json()),
        warnings=[{"code": warned.code.value, "message": warned.message["en"]} for warned in warnings],
        time_base=source.timeline.time_base,
        picture=done(plan.picture),
        scored=options.scored,
    )
