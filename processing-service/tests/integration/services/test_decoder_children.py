"""What becomes of a segment when libav's child dies or is no longer wanted. A frozen child works on for ever."""

import os
import signal
from typing import Any

import pytest
from fiapx_models.events import VideoCancelled
from fiapx_testing.clips import Clips
from fiapx_testing.processes import decoder_children, fork_servers, is_gone
from fiapx_testing.waiting import until
from processing_service.settings import Role

Platform = Any  # conftest's
StartProcess = Any
PLANNER_AND_ASSEMBLER = frozenset({Role.PLANNER, Role.ASSEMBLER})


def freeze(worker: Any) -> list[int]:
    children = decoder_children(worker.process.pid)
    for child in children:
        os.kill(child, signal.SIGSTOP)
    return children


async def frozen_child(platform: Platform, worker: Any, clips: Clips) -> tuple[Any, int]:
    """A video whose segment is under way, and the child that has it."""
    video = await platform.upload_service.upload(clips.counter(frames=60).path)
    await until(lambda: freeze(worker))
    await platform.until_running_segment(video)
    (child,) = decoder_children(worker.process.pid)
    return video, child


async def test_a_killed_child_costs_one_attempt_of_its_segment(
    platform: Platform, clips: Clips, start_process: StartProcess
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        worker = await start_process()
        video, child = await frozen_child(platform, worker, clips)
        os.kill(child, signal.SIGKILL)
        outcome = await platform.upload_service.completed(video)
        assert worker.process.returncode is None
    (segment,) = await platform.segments(video.video_id)
    assert (segment.charged, segment.lost) == (1, 0)
    assert (await platform.archive(outcome)).counters() == [0, 30]


async def test_a_killed_fork_server_costs_one_attempt_and_another_takes_its_place(
    platform: Platform, clips: Clips, start_process: StartProcess
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        worker = await start_process()
        video, child = await frozen_child(platform, worker, clips)
        for server in fork_servers(worker.process.pid):
            os.kill(server, signal.SIGKILL)
        await until(lambda: is_gone(child))
        outcome = await platform.upload_service.completed(video)
        assert worker.process.returncode is None
    (segment,) = await platform.segments(video.video_id)
    assert (segment.charged, segment.lost) == (1, 0)
    assert (await platform.archive(outcome)).counters() == [0, 30]


async def test_a_cancel_ends_the_child(platform: Platform, clips: Clips, start_process: StartProcess) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        worker = await start_process()
        video, child = await frozen_child(platform, worker, clips)
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
        # at the next look; two seconds are promised, and a frozen child never ends by itself
        await until(lambda: is_gone(child), within_s=20)


@pytest.mark.parametrize("engine", ["libav", "ffmpeg", "auto"])
async def test_the_main_job_is_done_on_each_engine(platform: Platform, clips: Clips, engine: str) -> None:
    async with platform.running(engine=engine):
        outcome = await platform.upload_service.completed(
            await platform.upload_service.upload(clips.counter(frames=90).path)
        )
    assert (await platform.archive(outcome)).counters() == [0, 30, 60]
