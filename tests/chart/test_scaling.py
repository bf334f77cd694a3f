"""The autoscaler that the chart renders, as a model, drives real workers on the real queue."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fiapx_local.servers import Postgres
from fiapx_testing.archives import read_archive
from fiapx_testing.charts import Chart
from fiapx_testing.clips import Clip, Clips
from fiapx_testing.platforms import Account, Platform
from fiapx_testing.pod_autoscaler import AutoscalerSpec, PodAutoscaler
from fiapx_testing.scaling_curve import Moment, draw
from fiapx_testing.worker_pool import WorkerPool, messages_in, worker_pool
from processing_service.services.tasks import SEGMENTS_QUEUE
from sqlalchemy import BindParameter, bindparam, text
from sqlalchemy.ext.asyncio import create_async_engine

VIDEOS, USERS, FRAMES = 40, 4, 60
MOST_WORKERS = 4
_LOOK_EVERY_S = 1.0
"""kube-controller-manager looks every 15 s; the chart's periods are shortened by as much."""
_WITHIN_S = 800
_TAKEN = "SELECT lease_attempt, charged, lost FROM segments WHERE video_id IN :videos"
_VALUES = {
    "autoscaling": {
        "worker": {
            "metric": "queue",
            "maxReplicas": MOST_WORKERS,
            "segmentsPerWorker": 4,
            "scaleUpPeriodSeconds": 3,
            "scaleDownStabilizationSeconds": 10,
            "scaleDownPeriodSeconds": 4,
        }
    }
}


@dataclass(frozen=True)
class Drive:
    """What came of it."""

    moments: list[Moment]
    exit_codes: list[int]
    videos: list[tuple[Account, UUID]]


@pytest.fixture(scope="module")
def drive(platform: Platform, chart: Chart, clips: Clips, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drive]:
    """40 videos at once, one worker, and an autoscaler."""
    manifest = chart.render(_VALUES).of_component("HorizontalPodAutoscaler", "processing-worker")
    autoscaler = PodAutoscaler(AutoscalerSpec.of_manifest(manifest))
    clip = clips.counter(frames=FRAMES, fps=10, size=(640, 360), b_frames=2)
    folder = tmp_path_factory.mktemp("scaling")
    with ExitStack() as stack:
        accounts = [platform.new_account() for _ in range(USERS)]
        for account in accounts:
            stack.enter_context(account.client)
        with worker_pool(platform.stack, folder) as pool:
            pool.scale_to(1)
            videos = uploaded(accounts, clip)
            moments = scaled(autoscaler, pool, platform, videos)
        if curve := os.environ.get("FIAPX_SCALING_CURVE"):
            draw(moments, Path(curve))
        yield Drive(moments, pool.exit_codes, videos)


def uploaded(accounts: list[Account], clip: Clip) -> list[tuple[Account, UUID]]:
    every_frame = {"sampling": {"rule": "fps", "fps": 10}}

    def upload(number: int) -> tuple[Account, UUID]:
        account = accounts[number % len(accounts)]
        return account, account.client.videos.upload(clip.path, options=every_frame).id

    with ThreadPoolExecutor(USERS) as threads:
        return list(threads.map(upload, range(VIDEOS)))


def scaled(
    autoscaler: PodAutoscaler, pool: WorkerPool, platform: Platform, videos: list[tuple[Account, UUID]]
) -> list[Moment]:
    """Looks and decides until all is done and one worker is left."""
    began, moments = time.monotonic(), list[Moment]()
    while not (moments and moments[-1].messages == 0 and pool.size == 1 and pool.draining == 0 and all_done(videos)):
        now_s = time.monotonic() - began
        assert now_s < _WITHIN_S, f"{moments[-1]} after {_WITHIN_S} s"
        messages = messages_in(SEGMENTS_QUEUE, platform.stack)
        pool.scale_to(autoscaler.decide(now_s, pool.size, messages))
        moments.append(Moment(round(now_s, 1), messages, pool.size))
        time.sleep(max(0, _LOOK_EVERY_S - (time.monotonic() - began - now_s)))
    return moments


def all_done(videos: list[tuple[Account, UUID]]) -> bool:
    clients = {account.address: account.client for account, _ in videos}
    states = [video.status for client in clients.values() for video in client.videos.list()]
    return len(states) == len(videos) and set(states) <= {"completed", "failed"}


def test_workers_go_from_one_to_the_most_and_back_to_one(drive: Drive) -> None:
    workers = [moment.workers for moment in drive.moments]
    assert (max(workers), workers[-1]) == (MOST_WORKERS, 1)
    assert workers[: workers.index(MOST_WORKERS)] == sorted(workers[: workers.index(MOST_WORKERS)])


def test_workers_leave_one_at_a_time_and_only_after_the_queue_ran_dry(drive: Drive) -> None:
    changes = [
        (after.workers - before.workers, after) for before, after in zip(drive.moments, drive.moments[1:], strict=False)
    ]
    left = [(by, moment) for by, moment in changes if by < 0]
    assert [by for by, _ in left] == [-1] * (MOST_WORKERS - 1)
    assert all(moment.messages < 4 * MOST_WORKERS for _, moment in left)


def test_every_worker_that_left_had_drained(drive: Drive) -> None:
    assert drive.exit_codes == [0] * MOST_WORKERS


async def test_no_segment_was_interrupted_or_taken_twice(drive: Drive, platform: Platform) -> None:
    engine = create_async_engine(Postgres(platform.stack.settings).dsn("processing"))
    try:
        async with engine.connect() as connection:
            videos: BindParameter[Any] = bindparam("videos", [video for _, video in drive.videos], expanding=True)
            rows = (await connection.execute(text(_TAKEN).bindparams(videos))).all()
    finally:
        await engine.dispose()
    assert len(rows) >= VIDEOS
    assert {tuple(row) for row in rows} == {(1, 0, 0)}


def test_nothing_is_lost_and_every_archive_holds_every_frame(drive: Drive, tmp_path: Path) -> None:
    archives = []
    for account, identity in drive.videos:
        video = account.client.videos.get(identity)
        assert (video.status, video.attempts) == ("completed", 1), video.error
        archives.append(read_archive(account.client.videos.download(identity, tmp_path / f"{identity}.zip")))
    assert len(archives) == VIDEOS
    assert archives[0].counters() == list(range(FRAMES))
    assert all(archive.images == archives[0].images for archive in archives)
