"""The window of a job, and the net for lost messages."""

from collections.abc import Callable
from typing import Any

from fiapx_models.events import VideoProcessed
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, NetSettings, Role

Platform = Any  # conftest's
MakeProgram = Callable[[str], str]

ALL_FRAMES = '{"sampling":{"rule":"fps","fps":30}}'
SMALL = DecoderSettings(segment_frames=10)
PLANNER = frozenset({Role.PLANNER})


async def test_only_a_window_of_a_jobs_segments_is_released(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER, decoder=SMALL, window=2):
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30, gop=10).path, ALL_FRAMES)
        await platform.until_state(video.video_id, "running")
    states = [segment.state for segment in await platform.segments(video.video_id)]
    assert states == ["released", "released", "waiting", "waiting", "waiting", "waiting"]


async def test_a_window_of_one_still_does_every_segment(platform: Platform, clips: Clips) -> None:
    async with platform.running(decoder=SMALL, window=1):
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30, gop=10).path, ALL_FRAMES)
        outcome = await platform.upload_service.completed(video)
    assert (await platform.archive(outcome)).counters() == list(range(60))


async def test_a_released_segment_whose_message_is_lost_is_sent_again(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
    await platform.change("DELETE FROM outbox")
    await platform.change("UPDATE segments SET sent_at = now() - interval '1 hour'")
    async with platform.running():
        await platform.upload_service.completed(video)


async def test_a_segment_whose_holder_and_message_are_lost_is_sent_again(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
    await platform.change("DELETE FROM outbox")
    await platform.change(
        "UPDATE segments SET state = 'running', lease_holder = 'gone',"
        " sent_at = now() - interval '1 hour', lease_until = now() - interval '1 hour'"
    )
    async with platform.running():
        await platform.upload_service.completed(video)


async def test_a_job_whose_planning_was_lost_is_planned(platform: Platform, clips: Clips) -> None:
    video = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change("UPDATE jobs SET sent_at = now() - interval '1 hour'")
    async with platform.running():
        await platform.upload_service.completed(video)


async def test_a_job_whose_assembly_was_lost_is_assembled(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=frozenset({Role.PLANNER, Role.WORKER})):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "assembling")
    await platform.change("DELETE FROM outbox")
    await platform.change("UPDATE jobs SET sent_at = now() - interval '1 hour'")
    async with platform.running():
        await platform.upload_service.completed(video)


async def test_work_that_only_waits_in_a_queue_is_not_sent_again(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER, net=NetSettings(every_s=0.1)):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
        before = await platform.rows("SELECT id FROM outbox")
        await platform.pause(1)
        assert [row for row in await platform.rows("SELECT id FROM outbox") if row not in before] == []


async def test_a_segment_sent_twice_by_the_net_gives_one_result(platform: Platform, clips: Clips) -> None:
    impatient = NetSettings(every_s=0.4, expired_s=0.2, waiting_s=0.2)
    async with platform.running(net=impatient, decoder=SMALL):
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30, gop=10).path, ALL_FRAMES)
        outcome = await platform.upload_service.completed(video)
        await platform.pause(1)
    assert (await platform.archive(outcome)).counters() == list(range(60))
    assert len(platform.upload_service.heard(VideoProcessed, video.video_id)) == 1
