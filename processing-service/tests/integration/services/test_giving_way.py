"""Whose turn it is, where the work of one user fills the queues."""

import signal
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from fiapx_models.events import VideoUploaded
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, Role

Platform = Any  # conftest's
StartProcess = Callable[..., Awaitable[Any]]

PLANNER, WORKER = frozenset({Role.PLANNER}), frozenset({Role.WORKER})
MANY = 6


async def in_order(platform: Platform, column: str) -> list[UUID]:
    """The videos in the order of a time of their first segments."""
    rows = await platform.rows(f"SELECT video_id FROM segments WHERE {column} IS NOT NULL ORDER BY {column}")
    return [row.video_id for row in rows]


async def until_so_many(platform: Platform, column: str, count: int) -> None:
    async def are_there() -> bool:
        return len(await in_order(platform, column)) >= count

    await platform.until(are_there)


async def until_sent(platform: Platform) -> None:
    """Until each message that was written is in its queue."""

    async def none_waits() -> bool:
        return not await platform.rows("SELECT 1 FROM outbox")

    await platform.until(none_waits)


async def behind_many(platform: Platform, clips: Clips) -> VideoUploaded:
    """A user's only video, whose segment's message stands behind those of many videos of somebody else."""
    clip, many = clips.counter(frames=30).path, uuid4()
    async with platform.running():
        pass  # the queues are there from now on
    async with platform.running(roles=PLANNER):
        for number in range(MANY):
            await platform.upload_service.upload(clip, f'{{"max_frames":{number + 1}}}', many)
        await until_so_many(platform, "sent_at", MANY)
        await until_sent(platform)
        last: VideoUploaded = await platform.upload_service.upload(clip)
        await until_so_many(platform, "sent_at", MANY + 1)
        await until_sent(platform)
    return last


async def test_a_segment_goes_before_those_of_a_user_who_had_more(platform: Platform, clips: Clips) -> None:
    last = await behind_many(platform, clips)
    async with platform.running(roles=WORKER):
        await until_so_many(platform, "done_at", MANY + 1)
    taken = await in_order(platform, "taken_at")
    assert taken.index(last.video_id) <= 1, "after one segment of the other user, whose message was first"
    assert {segment.lease_attempt for segment in await platform.rows("SELECT * FROM segments")} == {1}


async def test_a_video_is_planned_before_those_of_a_user_whose_work_is_under_way(
    platform: Platform, clips: Clips
) -> None:
    clip, many = clips.counter(frames=30).path, uuid4()
    async with platform.running():
        pass  # the queues are there from now on
    videos = [await platform.insert_job(clip, many) for _ in range(MANY)]
    videos.append(await platform.insert_job(clip))
    for video in videos:
        await platform.send_planning(video)
    async with platform.running(roles=PLANNER, planners=1):
        await until_so_many(platform, "sent_at", MANY + 1)
    assert (await in_order(platform, "sent_at")).index(videos[-1].video_id) <= 1
    attempts = await platform.rows("SELECT lease_attempt FROM jobs")
    assert {row.lease_attempt for row in attempts} == {1}


async def test_what_went_wrong_once_waits_for_its_own_message(platform: Platform, clips: Clips) -> None:
    broken = await behind_many(platform, clips)
    await platform.change("UPDATE segments SET charged = 1 WHERE video_id = :video_id", video_id=broken.video_id)
    async with platform.running(roles=WORKER):
        await until_so_many(platform, "done_at", MANY + 1)
    assert (await in_order(platform, "taken_at")).index(broken.video_id) > 1


async def test_a_worker_that_stops_after_giving_way_begins_nothing_more(
    platform: Platform, clips: Clips, start_process: StartProcess, endless_ffmpeg: str
) -> None:
    clip, many = clips.counter(frames=60, fps=10, gop=60).path, uuid4()
    async with platform.running():
        await platform.upload_service.completed(await platform.upload_service.upload(clip, user_id=many))
    async with platform.running(roles=PLANNER):
        waiting = await platform.upload_service.upload(clip, '{"max_frames":2}', many)
        await until_so_many(platform, "sent_at", 2)
        await until_sent(platform)
        other = await platform.upload_service.upload(clip)
        await until_so_many(platform, "sent_at", 3)
        await until_sent(platform)
    # as if it was done just now, however long it takes to start a process
    await platform.change("UPDATE segments SET done_at = now() + interval '1 hour' WHERE state = 'done'")
    leaving = await start_process(decoder=DecoderSettings(ffmpeg=endless_ffmpeg), drain_s=0.5)
    await platform.until_running_segment(other)
    leaving.send(signal.SIGTERM)
    await leaving.ended()
    segments = [*await platform.segments(waiting.video_id), *await platform.segments(other.video_id)]
    assert [(segment.state, segment.lease_attempt) for segment in segments] == [("released", 0), ("released", 1)]
    async with platform.running():
        for video in (waiting, other):
            await platform.upload_service.completed(video)
