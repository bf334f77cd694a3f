"""What operators see of the service's processes, and how one is drained."""

import json
import signal
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest
from fiapx_models.events import VideoUploaded
from fiapx_testing.admin_commands import Admin
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.settings import DecoderSettings, Role, Settings

from .service_processes import SERVICE, ServiceProcess, environment_of

Platform = Any  # conftest's
StartProcess = Callable[..., Awaitable[ServiceProcess]]

ALL_FRAMES = '{"sampling":{"rule":"fps","fps":10}}'
NO_WORKER = frozenset({Role.PLANNER, Role.ASSEMBLER})
SEGMENTS = "processing.segments"


@pytest.fixture
def admin(settings: Settings) -> Admin:
    return Admin("processing_service", SERVICE, environment_of(settings, "planner"))


async def upload(platform: Platform, clips: Clips) -> VideoUploaded:
    """Six seconds, one segment."""
    clip = clips.counter(frames=60, fps=10, gop=60).path
    video: VideoUploaded = await platform.upload_service.upload(clip, ALL_FRAMES)
    return video


async def holder_of(platform: Platform, process: ServiceProcess) -> str:
    """As soon as the process has told it."""
    pattern = f"%-{process.process.pid}-%"

    async def told() -> bool:
        return bool(await platform.rows("SELECT 1 FROM processes WHERE holder LIKE :pattern", pattern=pattern))

    await platform.until(told)
    (row,) = await platform.rows("SELECT holder FROM processes WHERE holder LIKE :pattern", pattern=pattern)
    return str(row.holder)


async def until_drained(platform: Platform, holder: str) -> None:
    async def is_drained() -> bool:
        statement = "SELECT 1 FROM processes WHERE holder = :holder AND drained_at IS NOT NULL"
        return bool(await platform.rows(statement, holder=holder))

    await platform.until(is_drained)


async def test_a_process_is_told_of_while_it_runs(platform: Platform, admin: Admin) -> None:
    async with platform.running(roles=NO_WORKER):

        async def told() -> bool:
            return bool(await platform.rows("SELECT 1 FROM processes"))

        await platform.until(told)
        (process,) = (await admin("workers", "list", "--json")).rows
    assert (process["host"], process["roles"]) == (socket.gethostname(), "assembler, planner")
    assert (process["state"], process["leases"], process["drain_asked_at"]) == ("working", 0, None)
    assert datetime.fromisoformat(process["started_at"]) <= datetime.fromisoformat(process["seen_at"])
    assert (await admin("workers", "list")).words == "0 processes.\n"


async def test_a_drained_worker_hands_back_without_a_charge_and_takes_nothing_new(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess, endless_ffmpeg: str
) -> None:
    async with platform.running(roles=NO_WORKER):
        leaving = await start_process(decoder=DecoderSettings(ffmpeg=endless_ffmpeg), engine="ffmpeg", drain_s=0.5)
        holder = await holder_of(platform, leaving)
        video = await upload(platform, clips)
        await platform.until_extracting(video)
        before = {one["holder"]: one for one in (await admin("workers", "list", "--json")).rows}
        assert (before[holder]["state"], before[holder]["leases"]) == ("working", 1)
        assert (await admin("--by", "ana", "workers", "drain", holder)).code == 0
        await until_drained(platform, holder)
        (segment,) = await platform.segments(video.video_id)
        assert (segment.state, segment.charged, segment.lost) == ("released", 0, 0)
        queue = await platform.broker.queue(SEGMENTS)
        assert (queue.ready, queue.consumers) == (1, 0)
        after = {one["holder"]: one for one in (await admin("workers", "list", "--json")).rows}
        assert (after[holder]["state"], after[holder]["leases"]) == ("drained", 0)
        assert leaving.process.returncode is None
        await start_process()
        await platform.upload_service.completed(video)
        leaving.send(signal.SIGTERM)
        assert await leaving.ended() == 0
    (deed,) = (await admin("audit", "list", "--json")).rows
    assert (deed["operator"], deed["action"], deed["subject"]) == ("ana", "worker.drain", holder)
    assert json.loads(deed["details"]) == {"roles": ["worker"]}


async def test_a_drained_worker_finishes_what_ends_in_time(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess, slow_ffmpeg: str
) -> None:
    async with platform.running(roles=NO_WORKER):
        leaving = await start_process(decoder=DecoderSettings(ffmpeg=slow_ffmpeg), engine="ffmpeg", drain_s=PATIENCE_S)
        holder = await holder_of(platform, leaving)
        video = await upload(platform, clips)
        await platform.until_extracting(video)
        assert (await admin("--by", "ana", "workers", "drain", holder)).code == 0
        await platform.upload_service.completed(video)
        await until_drained(platform, holder)
    assert (await platform.segments(video.video_id))[0].lease_attempt == 1


async def test_all_processes_of_a_host_are_drained_by_its_name(
    platform: Platform, admin: Admin, start_process: StartProcess
) -> None:
    holders = [await holder_of(platform, await start_process()) for _ in range(2)]
    asked = (await admin("--by", "ana", "workers", "drain", socket.gethostname(), "--json")).rows
    assert {one["holder"] for one in asked} == set(holders)
    for holder in holders:
        await until_drained(platform, holder)
    assert (await platform.broker.queue(SEGMENTS)).consumers == 0


async def test_a_restarted_worker_works_again(
    platform: Platform, clips: Clips, admin: Admin, start_process: StartProcess
) -> None:
    leaving = await start_process()
    holder = await holder_of(platform, leaving)
    assert (await admin("--by", "ana", "workers", "drain", holder)).code == 0
    await until_drained(platform, holder)
    leaving.send(signal.SIGTERM)
    assert await leaving.ended() == 0
    async with platform.running(roles=NO_WORKER):
        await start_process()
        await platform.upload_service.completed(await upload(platform, clips))


async def test_a_dead_process_is_silent_and_nobody_waits_for_it_to_drain(platform: Platform, admin: Admin) -> None:
    await platform.change(
        "INSERT INTO processes (holder, host, roles, seen_at)"
        " VALUES ('gone-1-x', 'gone', '{worker}', now() - interval '1 minute')"
    )
    (process,) = (await admin("workers", "list", "--json")).rows
    assert process["state"] == "silent"
    for name in ("gone-1-x", "gone", "nowhere"):
        ended = await admin("--by", "ana", "workers", "drain", name)
        assert (ended.code, ended.complaints) == (
            1,
            f"error: No process that lives is called {name!r}: see `workers list`.\n",
        )
    assert (await admin("audit", "list")).words == "0 actions.\n"


async def test_what_was_silent_for_a_day_is_forgotten(platform: Platform) -> None:
    await platform.change(
        "INSERT INTO processes (holder, host, roles, seen_at) VALUES"
        " ('old', 'h', '{worker}', now() - interval '25 hours'), ('new', 'h', '{worker}', now() - interval '23 hours')"
    )
    async with platform.running(roles=NO_WORKER):

        async def forgotten() -> bool:
            return not await platform.rows("SELECT 1 FROM processes WHERE holder = 'old'")

        await platform.until(forgotten)
        assert await platform.rows("SELECT 1 FROM processes WHERE holder = 'new'")


async def test_the_dead_letters_of_no_queue_are_forgotten(platform: Platform, admin: Admin) -> None:
    async with platform.running():
        names = await platform.broker.queue_names()
    dead = {name for name in names if name.startswith("processing.") and name.endswith(".dead")}
    assert len(dead) > 0
    for name in dead:
        assert (await admin("dead-letters", "list", "--queue", name.removesuffix(".dead"))).code == 0
