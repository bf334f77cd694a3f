"""Results of earlier jobs, found again and written down for another job."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.index_ranges import IndexRanges
from processing_service.entities.job import Job, JobState, Request
from processing_service.entities.segment import SegmentKey, SegmentState
from processing_service.repositories.frames import PostgresFrames
from processing_service.repositories.jobs import NO_LEASE, held, job_of
from processing_service.repositories.moments import now
from processing_service.repositories.tables import JOBS, SEGMENTS, VIDEOS
from processing_service.services.reuse_ports import KeptResult
from processing_service.services.row_ports import Result, TakenJob

_J: Final = JOBS.c
_S: Final = SEGMENTS.c
_AT_ONCE: Final = 1000
"""Rows in one statement, which has a time-out."""


class PostgresKeptResults:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(self, request: Request, made_by: str) -> KeptResult | None:
        is_same_file = _J.source_key == request.source_key
        if request.content_sha256 is not None:
            is_same_file = sa.or_(is_same_file, _J.content_sha256 == request.content_sha256)
        statement = (
            sa.select(JOBS)
            .join(VIDEOS, VIDEOS.c.video_id == _J.video_id)
            .where(
                _J.user_id == request.user_id,
                _J.size_bytes == request.size_bytes,
                _J.state == JobState.COMPLETED,
                _J.expired_at.is_(None),
                VIDEOS.c.deleted_at.is_(None),
                _J.options_json == request.options_json,
                _J.made_by == made_by,
                is_same_file,
            )
            .order_by(_J.finished_at.desc())
            .limit(1)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else await self._whole(job_of(row), row.frame_count, row.archive_bytes)

    async def adopt(self, taken: TakenJob, kept: KeptResult, result: Result, made_by: str) -> bool:
        job = kept.job
        adopted = await self._connection.execute(
            sa.update(JOBS)
            .where(*held(taken))
            .values(
                state=JobState.COMPLETED,
                media=None if job.media is None else job.media.model_dump(mode="json"),
                time_base=job.time_base,
                creation_time=job.creation_time,
                timecode=job.timecode,
                picture=job.picture,
                warnings=[warned.model_dump(mode="json") for warned in job.warnings],
                frames_expected=job.frames_expected,
                made_by=made_by,
                frame_count=result.frame_count,
                archive_bytes=result.archive_bytes,
                result_attempt=result.key.lease_attempt,
                finished_at=now(),
                **NO_LEASE,
            )
        )
        if adopted.rowcount != 1:
            return False
        # one segment, whose work was done before: what forecasts reckon a file's bytes to cost stays true
        segment = SegmentKey(taken.job.key, 0)
        await self._connection.execute(
            sa.insert(SEGMENTS).values(
                video_id=segment.job.video_id,
                attempt=segment.job.attempt,
                number=segment.number,
                state=SegmentState.DONE,
                spec={},
                frames_planned=len(kept.rows),
                frames_done=len(kept.rows),
                work_s=kept.work_s,
                part_bytes=kept.entries_bytes,
            )
        )
        await PostgresFrames(self._connection).add(segment, kept.rows)
        return True

    async def _whole(self, job: Job, frame_count: int, archive_bytes: int) -> KeptResult | None:
        """None where the sweeper has begun to forget it."""
        frames, everything = PostgresFrames(self._connection), IndexRanges.everything()
        rows = await frames.placed(job.key, everything, 0, _AT_ONCE)
        while rows and (page := await frames.placed(job.key, everything, rows[-1].index, _AT_ONCE)):
            rows += page
        mine = (_S.video_id == job.key.video_id, _S.attempt == job.key.attempt)
        sums = sa.select(
            sa.func.coalesce(sa.func.sum(_S.part_bytes), 0).label("entries_bytes"),
            sa.func.sum(_S.work_s).label("work_s"),
        )
        row = (await self._connection.execute(sums.where(*mine))).one()
        if not rows or len(rows) != frame_count:
            return None
        return KeptResult(job, tuple(rows), int(row.entries_bytes), archive_bytes, row.work_s)
