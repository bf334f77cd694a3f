"""What operators see of jobs, and do about one: `python -m processing_service.admin`."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from fiapx_models.events import VideoFailed, VideoUploaded
from fiapx_testing.admin_commands import Admin
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, Role, Settings

from .service_processes import SERVICE, ServiceProcess, environment_of

Platform = Any  # conftest's
StartProcess = Callable[..., Awaitable[ServiceProcess]]

ALL_FRAMES = '{"sampling":{"rule":"fps","fps":10}}'
UNKNOWN = UUID("7c9e6679-7425-40de-944b-e07fc1f90ae7")
NO_WORKER = frozenset({Role.PLANNER, Role.ASSEMBLER})


@pytest.fixture
def admin(settings: Settings) -> Admin:
    return Admin("processing_service", SERVICE, environment_of(settings, "planner"))


@pytest.fixture
def endless(endless_ffmpeg: str) -> DecoderSettings:
    """Six seconds of video take five minutes."""
    return DecoderSettings(ffmpeg=endless_ffmpeg)


async def upload(platform: Platform, clips: Clips) -> VideoUploaded:
    clip = clips.counter(frames=60, fps=10, gop=60).path
    video: VideoUploaded = await platform.upload_service.upload(clip, ALL_FRAMES)
    return video


async def test_a_job_tells_what_it_waits_for_since_when_and_who_is_at_it(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess, endless: DecoderSettings
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    async with platform.running(roles=NO_WORKER):
        worker = await start_process(decoder=endless, engine="ffmpeg")
        video = await upload(platform, clips)
        await platform.until_extracting(video)
        (job,) = (await admin("jobs", "list", "--json")).rows
    assert (job["video_id"], job["attempt"], job["user_id"]) == (str(video.video_id), 1, str(video.user_id))
    assert (job["state"], job["segments"], job["done"], job["in_queue"]) == ("running", 1, 0, 0)
    assert f"-{worker.process.pid}-" in job["holders"]
    assert (job["charged"], job["lost"]) == (0, 0)
    accepted, moved = (datetime.fromisoformat(job[name]) for name in ("accepted_at", "moved_at"))
    assert began <= accepted < moved <= datetime.now(UTC) + timedelta(seconds=1)
    assert datetime.fromisoformat(job["lease_until"]) > datetime.now(UTC)


async def test_jobs_that_do_not_move_are_told_the_longest_first(platform: Platform, clips: Clips, admin: Admin) -> None:
    videos = [await platform.insert_job(clips.counter(frames=30).path) for _ in range(3)]
    for video, minutes in zip(videos, (1, 30, 20), strict=True):
        await platform.change(
            "UPDATE jobs SET created_at = now() - make_interval(mins => :minutes) WHERE video_id = :id",
            minutes=minutes,
            id=video.video_id,
        )
    still = (await admin("jobs", "list", "--still-for", "600", "--json")).rows
    assert [job["video_id"] for job in still] == [str(videos[1].video_id), str(videos[2].video_id)]
    assert (await admin("jobs", "list")).words.splitlines()[-1] == "3 live jobs."


async def test_a_job_that_has_ended_is_no_live_job(platform: Platform, clips: Clips, admin: Admin) -> None:
    async with platform.running():
        await platform.upload_service.completed(await upload(platform, clips))
    assert (await admin("jobs", "list")).words == "0 live jobs.\n"


async def test_released_work_is_done_by_another_and_the_old_holder_changes_nothing(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess, endless: DecoderSettings
) -> None:
    async with platform.running(roles=NO_WORKER):
        hung = await start_process(decoder=endless, engine="ffmpeg")
        video = await upload(platform, clips)
        await platform.until_extracting(video)
        worker = await start_process()
        ended = await admin("--by", "ana", "jobs", "release", str(video.video_id))
        assert (ended.code, ended.words.splitlines()[-1]) == (
            0,
            "Its work was taken away and sent again (1 message).",
        )
        outcome = await platform.upload_service.completed(video)
        assert hung.process.returncode is None
    assert (await platform.archive(outcome)).counters() == list(range(60))
    (segment,) = await platform.segments(video.video_id)
    assert (segment.lease_attempt, segment.charged, segment.lost) == (2, 0, 0)
    assert worker.process.returncode is None
    (deed,) = (await admin("audit", "list", "--json")).rows
    assert (deed["operator"], deed["action"], deed["subject"]) == ("ana", "job.release", str(video.video_id))
    assert json.loads(deed["details"]) == {"attempt": 1, "state": "running", "messages": 1}
    assert deed["done_at"] is not None


async def test_a_job_whose_planning_was_lost_is_planned_when_it_is_released(
    platform: Platform, clips: Clips, admin: Admin
) -> None:
    video = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change("UPDATE jobs SET lease_holder = 'gone', lease_until = now() + interval '1 hour'")
    async with platform.running():
        assert (await admin("--by", "ana", "jobs", "release", str(video.video_id))).code == 0
        await platform.upload_service.completed(video)


async def test_a_job_whose_assembly_was_lost_is_assembled_when_it_is_released(
    platform: Platform, clips: Clips, admin: Admin
) -> None:
    async with platform.running(roles=frozenset({Role.PLANNER, Role.WORKER})):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "assembling")
    await platform.change("DELETE FROM outbox")
    async with platform.running():
        assert (await admin("--by", "ana", "jobs", "release", str(video.video_id))).code == 0
        await platform.upload_service.completed(video)


async def test_a_job_that_an_operator_ends_has_failed_and_its_owner_is_told(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess, endless: DecoderSettings
) -> None:
    async with platform.running(roles=NO_WORKER):
        await start_process(decoder=endless, engine="ffmpeg")
        video = await upload(platform, clips)
        await platform.until_extracting(video)
        assert (await admin("--by", "ana", "jobs", "fail", str(video.video_id))).code == 0
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        again = await admin("--by", "ana", "jobs", "fail", str(video.video_id))
    assert (failed.attempt, failed.error.code) == (1, "internal")
    assert await platform.state(video.video_id) == "failed"
    assert (again.code, again.complaints) == (
        1,
        f"error: The newest job of video {video.video_id} is failed: nothing is left to do.\n",
    )
    assert len(platform.upload_service.heard(VideoFailed, video.video_id)) == 1


@pytest.mark.parametrize("verb", ["release", "fail"])
async def test_a_video_without_a_job_is_told(admin: Admin, verb: str) -> None:
    ended = await admin("--by", "ana", "jobs", verb, str(UNKNOWN))
    assert (ended.code, ended.complaints) == (1, f"error: There is no job of video {UNKNOWN}.\n")


@pytest.mark.parametrize("arguments", [("release", "film.mp4"), ("list", "--still-for", "-1")])
async def test_what_cannot_be_meant_is_refused(admin: Admin, arguments: tuple[str, ...]) -> None:
    ended = await admin("--by", "ana", "jobs", *arguments)
    assert (ended.code, ended.words) == (2, "")
