"""The table `frames`."""

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Any, Final

import sqlalchemy as sa
from fiapx_engine.frame_rows import FrameRow
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.index_ranges import LARGEST_INDEX, IndexRanges
from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey
from processing_service.repositories.tables import FRAMES, SEGMENTS
from processing_service.services.frame_ports import FrameInPart

_C: Final = FRAMES.c
_FIELDS: Final = [field.name for field in fields(FrameRow)]
_AT_ONCE: Final = 1000
"""Rows in one statement, which has a time-out."""
_FOUND: Final = sa.values(
    sa.column("of_index", sa.Integer), sa.column("place", sa.BigInteger), sa.column("likeness", sa.Double), name="found"
)


class PostgresFrames:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, segment: SegmentKey, rows: Sequence[FrameRow]) -> None:
        """The frames of a segment that is done."""
        key = {"video_id": segment.job.video_id, "attempt": segment.job.attempt, "segment": segment.number}
        for start in range(0, len(rows), _AT_ONCE):
            values = [{**key, **asdict(row)} for row in rows[start : start + _AT_ONCE]]
            await self._connection.execute(sa.insert(FRAMES), values)

    async def keep(self, job: JobKey, rows: Sequence[FrameRow]) -> None:
        """All that the job has from now on: in order, at these places, as like to the one before as they say."""
        after = 0
        for start in range(0, len(rows), _AT_ONCE):
            batch = rows[start : start + _AT_ONCE]
            indexes = [row.index for row in batch]
            last = indexes[-1] if start + _AT_ONCE < len(rows) else LARGEST_INDEX
            others = (_C.index > after, _C.index <= last, _C.index.not_in(indexes))
            await self._connection.execute(sa.delete(FRAMES).where(_of(job), *others))
            found = _FOUND.data([(row.index, row.offset, row.freeze) for row in batch])
            # a first frame alone has none, and its NULL no type
            likeness = sa.cast(found.c.likeness, sa.Double)
            statement = sa.update(FRAMES).where(_of(job), _C.index == found.c.of_index)
            await self._connection.execute(statement.values(offset=found.c.place, freeze=likeness))
            after = indexes[-1]

    async def page(self, job: JobKey, after_index: int, limit: int) -> list[FrameRow]:
        after_index = min(after_index, LARGEST_INDEX)
        statement = sa.select(FRAMES).where(_of(job), _C.index > after_index).order_by(_C.index).limit(limit)
        return [_frame_row(row) for row in await self._connection.execute(statement)]

    async def in_part(self, job: JobKey, index: int) -> FrameInPart | None:
        segment = sa.and_(
            *(SEGMENTS.c[name] == _C[name] for name in ("video_id", "attempt")), SEGMENTS.c.number == _C.segment
        )
        statement = sa.select(FRAMES, SEGMENTS.c.part_key).join(SEGMENTS, segment).where(_of(job), _C.index == index)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else FrameInPart(row.part_key, _frame_row(row))

    async def placed(self, job: JobKey, ranges: IndexRanges, after_index: int, limit: int) -> list[FrameRow]:
        firsts, lasts = zip(*ranges.bounds, strict=True) if ranges.bounds else ((), ())
        wanted = sa.func.unnest(_integers(firsts), _integers(lasts)).table_valued("first", "last")
        wanted, starts = wanted.render_derived("wanted"), _part_starts(job)
        statement = (
            sa.select(FRAMES, starts.c.start)
            .join(wanted, _C.index.between(wanted.c.first, wanted.c.last))
            .join(starts, starts.c.number == _C.segment)
            .where(_of(job), _C.index > min(after_index, LARGEST_INDEX))
            .order_by(_C.index)
            .limit(limit)
        )
        found = await self._connection.execute(statement)
        return [replace(_frame_row(row), offset=int(row.start) + row.offset) for row in found]

    async def count(self, job: JobKey) -> int:
        statement = sa.select(sa.func.count()).select_from(FRAMES).where(_of(job))
        return (await self._connection.execute(statement)).scalar_one()

    async def at(self, job: JobKey, positions: Sequence[int]) -> list[FrameRow]:
        position = sa.func.row_number().over(order_by=_C.index)
        numbered = sa.select(_C.index, position.label("position")).where(_of(job)).subquery("numbered")
        statement = sa.select(numbered.c.index).where(numbered.c.position.in_(positions))
        found = [(index, index) for index in await self._connection.scalars(statement)]
        return await self.placed(job, IndexRanges.of(found), 0, len(found)) if found else []

    async def by_segment(self, job: JobKey) -> list[tuple[int, FrameRow]]:
        """All frames of a job in the order of their index, each with its segment's number."""
        found: list[tuple[int, FrameRow]] = []
        after = 0
        while True:
            statement = sa.select(FRAMES).where(_of(job), _C.index > after).order_by(_C.index).limit(_AT_ONCE)
            rows = (await self._connection.execute(statement)).all()
            found += [(row.segment, _frame_row(row)) for row in rows]
            if len(rows) < _AT_ONCE:
                return found
            after = found[-1][1].index


def _part_starts(job: JobKey) -> sa.Subquery:
    """Where each segment's part begins in the archive."""
    columns = SEGMENTS.c
    upto = sa.func.sum(columns.part_bytes).over(order_by=columns.number)
    wanted = (columns.video_id == job.video_id, columns.attempt == job.attempt)
    return sa.select(columns.number, (upto - columns.part_bytes).label("start")).where(*wanted).subquery("starts")


def _integers(values: Sequence[int]) -> sa.BindParameter[Any]:
    return sa.literal(list(values), ARRAY(sa.Integer))


def _of(job: JobKey) -> sa.ColumnElement[bool]:
    return sa.and_(_C.video_id == job.video_id, _C.attempt == job.attempt)


def _frame_row(row: sa.Row[Any]) -> FrameRow:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it
    return FrameRow(**{name: values[name] for name in _FIELDS})
