"""What is to be done and what recent work came to, from the rows of jobs and segments."""

from typing import Any, Final

import sqlalchemy as sa
from fiapx_models.qualities import QUALITIES
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.forecast import LiveJob, Measured
from processing_service.entities.job import JobState
from processing_service.entities.segment import SegmentState
from processing_service.repositories.tables import JOBS, SEGMENTS
from processing_service.repositories.work_done import WORK_DONE
from processing_service.services.workload_ports import Backlog

_J: Final = JOBS.c
_S: Final = SEGMENTS.c
_SEGMENTS: Final = 50
_JOBS: Final = 20
_MINE: Final = sa.and_(_S.video_id == _J.video_id, _S.attempt == _J.attempt)
_LIVE: Final = _J.finished_at.is_(None)


class PostgresWorkload:
    """In the transaction of `connection`. Three statements for the whole platform, whatever is asked about."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def live_jobs(self) -> list[LiveJob]:
        done, total = sa.func.sum(WORK_DONE), sa.func.sum(_S.work_s)
        timed = _S.taken_at.is_not(None) & (WORK_DONE > 0)
        statement = (
            sa.select(
                _J.video_id,
                (_J.state != JobState.PLANNING).label("runs"),
                _J.size_bytes,
                sa.func.coalesce(total - done, 0.0).label("work_left"),
                sa.func.count(_S.number).filter(_S.state != SegmentState.DONE).label("segments_left"),
                done.filter(timed).label("work_timed"),
                sa.func.sum(_seconds_taken()).filter(timed).label("timed_s"),
            )
            .select_from(JOBS.outerjoin(SEGMENTS, _MINE))
            .where(_LIVE)
            .group_by(_J.video_id, _J.attempt)
            .order_by(_J.created_at, _J.video_id)
        )
        return [
            LiveJob(
                video_id=row.video_id,
                runs=row.runs,
                size_bytes=row.size_bytes,
                work_left=max(0.0, row.work_left),
                segments_left=row.segments_left,
                speed=_ratio(row.work_timed, row.timed_s),
            )
            for row in await self._connection.execute(statement)
        ]

    async def measured(self) -> Measured:
        latest = (
            sa.select(_S.work_s, _seconds_taken().label("taken_s"))
            .where(_S.state == SegmentState.DONE, _S.taken_at.is_not(None))
            .order_by(_S.done_at.desc())
            .limit(_SEGMENTS)
            .subquery()
        )
        ended = (
            sa.select(_J.video_id, _J.attempt, _J.size_bytes, _J.finished_at)
            .where(_J.state == JobState.COMPLETED)
            .order_by(_J.finished_at.desc())
            .limit(_JOBS)
            .subquery()
        )
        per_job = (
            sa.select(
                ended.c.size_bytes,
                sa.func.sum(_S.work_s).label("work"),
                _seconds(ended.c.finished_at - sa.func.max(_S.done_at)).label("tail_s"),
            )
            .join(ended, sa.and_(ended.c.video_id == _S.video_id, ended.c.attempt == _S.attempt))
            .group_by(ended.c.video_id, ended.c.attempt, ended.c.size_bytes, ended.c.finished_at)
            .subquery()
        )
        pace = sa.select(
            sa.func.sum(latest.c.work_s).label("work"), sa.func.sum(latest.c.taken_s).label("taken_s")
        ).subquery()
        jobs = sa.select(
            sa.func.sum(per_job.c.work).label("job_work"),
            sa.cast(sa.func.sum(per_job.c.size_bytes), sa.Double).label("job_bytes"),
            sa.func.avg(per_job.c.tail_s).label("tail_s"),
        ).subquery()
        row = (await self._connection.execute(sa.select(pace, jobs).join(jobs, sa.true()))).one()
        return Measured(_ratio(row.work, row.taken_s), _ratio(row.job_work, row.job_bytes), row.tail_s)

    async def bytes_per_pixel(self, image_format: str, quality: int | None) -> float | None:
        options = sa.cast(_J.options_json, JSONB)
        asked = sa.func.coalesce(options["quality"].as_integer(), QUALITIES.get(image_format))
        pixels = _J.picture["width"].as_integer() * sa.cast(_J.picture["height"].as_integer(), sa.Double)
        latest = (
            sa.select(_J.archive_bytes, (pixels * _J.frame_count).label("pixels"))
            .where(
                _J.state == JobState.COMPLETED,
                _J.picture.is_not(None),
                options["format"].as_string() == image_format,
                asked.is_not_distinct_from(quality),
            )
            .order_by(_J.finished_at.desc())
            .limit(_JOBS)
            .subquery()
        )
        sums = sa.select(
            sa.cast(sa.func.sum(latest.c.archive_bytes), sa.Double).label("bytes"),
            sa.func.sum(latest.c.pixels).label("pixels"),
        )
        row = (await self._connection.execute(sums)).one()
        return _ratio(row.bytes, row.pixels)

    async def backlog(self) -> Backlog:
        waiting = _J.state == JobState.PLANNING
        jobs = sa.select(
            sa.func.count().filter(waiting).label("videos_waiting"),
            sa.func.count().filter(~waiting).label("videos_running"),
            sa.func.coalesce(sa.func.max(_seconds(sa.func.now() - _J.created_at)).filter(waiting), 0.0).label("oldest"),
        ).where(_LIVE)
        untaken = _S.state.in_((SegmentState.WAITING, SegmentState.RELEASED))
        segments = (
            sa.select(
                sa.func.count().filter(untaken).label("segments_waiting"),
                sa.func.count().filter(_S.state == SegmentState.RUNNING).label("segments_running"),
            )
            .select_from(SEGMENTS.join(JOBS, _MINE))
            .where(_J.state == JobState.RUNNING)
        )
        one, other = jobs.subquery(), segments.subquery()
        row = (await self._connection.execute(sa.select(one, other).join(other, sa.true()))).one()
        return Backlog(
            row.videos_waiting, row.videos_running, row.segments_waiting, row.segments_running, oldest_wait_s=row.oldest
        )


def _seconds_taken() -> sa.ColumnElement[float]:
    """By a segment's last holder, until its end or now."""
    return _seconds(sa.func.coalesce(_S.done_at, sa.func.now()) - _S.taken_at)


def _seconds(interval: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    return sa.cast(sa.extract("epoch", interval), sa.Double)


def _ratio(amount: float | None, per: float | None) -> float | None:
    return amount / per if amount and per and per > 0 else None
