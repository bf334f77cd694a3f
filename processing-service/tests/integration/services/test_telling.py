"""What is told of a job's progress, from the rows of its segments."""

from typing import Any

import pytest
from fiapx_common.postgres import OutboxRelay
from fiapx_models.events import VideoProgressed, VideoUploaded
from fiapx_testing.clips import Clips
from processing_service.entities.job import JobKey
from processing_service.repositories.unit_of_work import PostgresUnitsOfWork
from processing_service.services.telling import tell_progress

Platform = Any  # conftest's


@pytest.fixture
async def video(platform: Platform, clips: Clips) -> VideoUploaded:
    """A running job: a segment is done, one with three times its work is half done, one with six times waits."""
    video: VideoUploaded = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change("UPDATE jobs SET state = 'running', frames_expected = 10")
    for row in ((0, "done", 1, 1.0, 1), (1, "running", 2, 3.0, 1), (2, "waiting", 7, 6.0, 0)):
        names = ("number", "state", "planned", "work_s", "done")
        await platform.change(
            "INSERT INTO segments (video_id, attempt, number, state, spec, frames_planned, work_s, frames_done)"
            " VALUES (:video_id, 1, :number, :state, '{}', :planned, :work_s, :done)",
            video_id=video.video_id,
            **dict(zip(names, row, strict=True)),
        )
    return video


async def told(platform: Platform, video: VideoUploaded, at_most_every_s: float = 0) -> list[VideoProgressed]:
    """What one look tells."""
    units = PostgresUnitsOfWork(platform.engine, OutboxRelay(platform.engine, platform.upload_service.publisher))
    await platform.change("DELETE FROM outbox")
    async with units.begin() as work:
        job = await work.jobs.get(JobKey(video.video_id, 1))
        assert job is not None
        await tell_progress(work, job, at_most_every_s)
        await work.commit()
    rows = await platform.rows("SELECT body FROM outbox WHERE type = 'video.progressed.v1'")
    return [VideoProgressed.model_validate_json(row.body) for row in rows]


async def test_progress_is_work_done_by_work_planned(platform: Platform, video: VideoUploaded) -> None:
    (event,) = await told(platform, video)
    assert event.progress == pytest.approx((1.0 + 3.0 / 2) / (1.0 + 3.0 + 6.0))
    assert (event.frames_done, event.frames_ready) == (2, 1)


async def test_without_news_nothing_is_told_and_no_news_too_soon(platform: Platform, video: VideoUploaded) -> None:
    assert len(await told(platform, video)) == 1
    assert await told(platform, video) == []
    await platform.change("UPDATE segments SET state = 'done', frames_done = 2 WHERE number = 1")
    assert await told(platform, video, at_most_every_s=600) == []
    assert len(await told(platform, video)) == 1


async def test_work_that_is_lost_with_its_worker_does_not_bring_progress_back(
    platform: Platform, video: VideoUploaded
) -> None:
    (before,) = await told(platform, video)
    await platform.change("UPDATE segments SET frames_done = 0 WHERE number = 1")
    assert await told(platform, video) == []
    await platform.change("UPDATE segments SET state = 'done', frames_done = 2 WHERE number = 1")
    (after,) = await told(platform, video)
    assert before.progress < after.progress == pytest.approx(0.4)
    assert after.frames_ready == 3


async def test_a_segment_that_is_done_is_news_also_where_its_frames_were_counted_before(
    platform: Platform, video: VideoUploaded
) -> None:
    await platform.change("UPDATE segments SET frames_done = 2 WHERE number = 1")
    (before,) = await told(platform, video)
    await platform.change("UPDATE segments SET state = 'done' WHERE number = 1")
    (after,) = await told(platform, video)
    assert (before.progress, before.frames_ready) == (after.progress, 1)
    assert after.frames_ready == 3


@pytest.mark.parametrize(("state", "events"), [("assembling", 1), ("failed", 0), ("completed", 0)])
async def test_the_last_segments_are_told_while_the_archive_is_joined_and_nothing_after_the_end(
    platform: Platform, video: VideoUploaded, state: str, events: int
) -> None:
    await platform.change(
        "UPDATE jobs SET state = :state, finished_at = CASE WHEN :state = 'assembling' THEN NULL ELSE now() END",
        state=state,
    )
    assert len(await told(platform, video)) == events
