"""The table `jobs`."""

from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from fiapx_models.media import Failure, Media, Warned
from sqlalchemy.ext.asyncio import AsyncConnection

from processing_service.entities.job import LIVE, Job, JobKey, JobState, Progress, Request, states_before
from processing_service.entities.lease import Lease, NotTaken, Tally
from processing_service.entities.segment import SegmentState
from processing_service.repositories.moments import ago, from_now, now
from processing_service.repositories.tables import JOBS, SEGMENTS
from processing_service.repositories.work_done import progress_of
from processing_service.services.row_ports import PlannedJob, Result, TakenJob

_C: Final = JOBS.c
_KEY: Final = (_C.video_id, _C.attempt)
NO_LEASE: Final[dict[str, object]] = {"lease_holder": None, "lease_until": None}


class PostgresJobs:
    """In the transaction of `connection`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, request: Request) -> None:
        await self._connection.execute(
            sa.insert(JOBS).values(
                video_id=request.key.video_id,
                attempt=request.key.attempt,
                state=JobState.PLANNING,
                user_id=request.user_id,
                filename=request.filename,
                source_key=request.source_key,
                size_bytes=request.size_bytes,
                options_json=request.options_json,
                external_id=request.external_id,
                metadata_json=request.metadata_json,
                content_sha256=request.content_sha256 or self._told_before(request),
            )
        )

    async def get(self, key: JobKey) -> Job | None:
        row = (await self._connection.execute(sa.select(JOBS).where(_is(key)))).one_or_none()
        return None if row is None else job_of(row)

    async def newest(self, video_id: UUID) -> Job | None:
        statement = sa.select(JOBS).where(_C.video_id == video_id).order_by(_C.attempt.desc()).limit(1)
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else job_of(row)

    async def lock(self, key: JobKey) -> None:
        await self._connection.execute(sa.select(_C.state).where(_is(key)).with_for_update())

    async def withdraw(self, video_id: UUID, through_attempt: int, state: JobState) -> None:
        wanted = (_C.video_id == video_id, _C.attempt <= through_attempt, _C.state.in_(states_before(state)))
        await self._connection.execute(
            sa.update(JOBS).where(*wanted).values(state=state, finished_at=now(), **NO_LEASE)
        )

    async def take(
        self, key: JobKey, state: JobState, holder: str, lease_s: float, *, redelivered: bool
    ) -> TakenJob | NotTaken:
        free = sa.or_(_C.lease_holder.is_(None), _C.lease_holder == holder, _C.lease_until < now())
        statement = (
            sa.update(JOBS)
            .where(_is(key), _C.state == state, sa.true() if redelivered else free)
            .values(
                lease_attempt=_C.lease_attempt + 1,
                lease_holder=holder,
                lease_until=from_now(lease_s),
                lost=_C.lost + sa.case((_C.lease_holder.is_not(None), 1), else_=0),
            )
            .returning(JOBS)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        if row is not None:
            return TakenJob(job_of(row), Lease(holder, row.lease_attempt), Tally(row.charged, row.lost))
        found = await self._connection.scalar(sa.select(_C.state).where(_is(key)))
        return NotTaken.BUSY if found == state else NotTaken.NOT_WANTED

    async def renew(self, taken: TakenJob, lease_s: float) -> bool:
        return await self._change(held(taken), lease_until=from_now(lease_s))

    async def is_held(self, taken: TakenJob) -> bool:
        statement = sa.select(sa.true()).select_from(JOBS).where(*held(taken)).with_for_update()
        return bool(await self._connection.scalar(statement))

    async def hand_back(self, taken: TakenJob, *, charged: bool) -> Tally | None:
        statement = (
            sa.update(JOBS)
            .where(*held(taken))
            .values(charged=_C.charged + int(charged), sent_at=now(), **NO_LEASE)
            .returning(_C.charged, _C.lost)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else Tally(row.charged, row.lost)

    async def start(self, taken: TakenJob, plan: PlannedJob) -> bool:
        started = await self._change(
            held(taken),
            state=JobState.RUNNING,
            media=plan.media.model_dump(mode="json"),
            time_base=plan.time_base,
            creation_time=plan.creation_time,
            picture=plan.picture,
            timecode=plan.timecode,
            warnings=[warned.model_dump(mode="json") for warned in plan.warnings],
            frames_expected=plan.frames,
            made_by=plan.made_by,
            **NO_LEASE,
        )
        if started and plan.segments:
            key = taken.job.key
            rows = [
                {
                    "video_id": key.video_id,
                    "attempt": key.attempt,
                    "number": segment.number,
                    "spec": dict(segment.spec),
                    "frames_planned": segment.frames,
                    "work_s": segment.work_s,
                }
                for segment in plan.segments
            ]
            await self._connection.execute(sa.insert(SEGMENTS), rows)
        return started

    async def begin_assembly(self, key: JobKey) -> bool:
        unfinished = sa.exists().where(
            SEGMENTS.c.video_id == key.video_id,
            SEGMENTS.c.attempt == key.attempt,
            SEGMENTS.c.state != SegmentState.DONE,
        )
        is_whole = (_is(key), _C.state == JobState.RUNNING, ~unfinished)
        return await self._change(is_whole, state=JobState.ASSEMBLING, sent_at=now(), charged=0, lost=0)

    async def complete(self, taken: TakenJob, result: Result) -> bool:
        return await self._change(
            held(taken),
            state=JobState.COMPLETED,
            frame_count=result.frame_count,
            archive_bytes=result.archive_bytes,
            result_attempt=result.key.lease_attempt,
            warnings=[warned.model_dump(mode="json") for warned in result.warnings],
            finished_at=now(),
            **NO_LEASE,
        )

    async def fail(self, key: JobKey, failure: Failure) -> bool:
        return await self._change(
            (_is(key), _C.state.in_(LIVE)),
            state=JobState.FAILED,
            failure=failure.model_dump(mode="json"),
            finished_at=now(),
            **NO_LEASE,
        )

    async def progressed(self, key: JobKey, at_most_every_s: float) -> Progress | None:
        far = progress_of(key).subquery()
        is_due = sa.or_(_C.told_at.is_(None), _C.told_at < ago(at_most_every_s))
        is_news = sa.or_(_C.progress_told < far.c.work_share, _C.frames_told < far.c.frames_ready)
        statement = (
            sa.update(JOBS)
            .where(_is(key), _C.state.in_((JobState.RUNNING, JobState.ASSEMBLING)), is_due, is_news)
            .values(
                progress_told=sa.func.greatest(_C.progress_told, far.c.work_share),
                frames_told=sa.func.greatest(_C.frames_told, far.c.frames_ready),
                told_at=now(),
            )
            .returning(_C.progress_told, far.c.frames_done, _C.frames_told)
        )
        row = (await self._connection.execute(statement)).one_or_none()
        return None if row is None else Progress(*row)

    async def stuck(self, state: JobState, waiting_s: float, expired_s: float, limit: int) -> list[JobKey]:
        found = (
            sa.select(*_KEY)
            .where(
                _C.state == state,
                sa.or_(
                    sa.and_(_C.lease_holder.is_(None), _C.sent_at < ago(waiting_s)),
                    sa.and_(_C.lease_until < ago(expired_s), _C.sent_at < ago(expired_s)),
                ),
            )
            .order_by(_C.sent_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        statement = sa.update(JOBS).where(sa.tuple_(*_KEY).in_(found)).values(sent_at=now()).returning(*_KEY)
        return [JobKey(*row) for row in await self._connection.execute(statement)]

    @staticmethod
    def _told_before(request: Request) -> sa.ScalarSelect[str | None]:
        """Of the same file, with an earlier attempt."""
        is_same = (_C.video_id == request.key.video_id, _C.source_key == request.source_key)
        return sa.select(sa.func.max(_C.content_sha256)).where(*is_same).scalar_subquery()

    async def _change(self, where: tuple[sa.ColumnElement[bool], ...], **values: Any) -> bool:
        changed = await self._connection.execute(sa.update(JOBS).where(*where).values(**values))
        return changed.rowcount == 1


def job_of(row: sa.Row[Any]) -> Job:
    """A row of `jobs` as the entity."""
    request = Request(
        key=JobKey(row.video_id, row.attempt),
        user_id=row.user_id,
        filename=row.filename,
        source_key=row.source_key,
        size_bytes=row.size_bytes,
        options_json=row.options_json,
        external_id=row.external_id,
        metadata_json=row.metadata_json,
        content_sha256=row.content_sha256,
    )
    return Job(
        request=request,
        state=JobState(row.state),
        media=None if row.media is None else Media.model_validate(row.media),
        time_base=row.time_base,
        creation_time=row.creation_time,
        picture=row.picture,
        timecode=row.timecode,
        frames_expected=row.frames_expected,
        warnings=tuple(Warned.model_validate(warned) for warned in row.warnings),
        has_expired=row.expired_at is not None,
        result_attempt=row.result_attempt,
    )


def _is(key: JobKey) -> sa.ColumnElement[bool]:
    return sa.and_(_C.video_id == key.video_id, _C.attempt == key.attempt)


def held(taken: TakenJob) -> tuple[sa.ColumnElement[bool], ...]:
    """The fence."""
    lease = taken.lease
    return (
        _is(taken.job.key),
        _C.state == taken.job.state,
        _C.lease_attempt == lease.attempt,
        _C.lease_holder == lease.holder,
    )
