"""What is removed, and what is not."""

from typing import Any

import pytest
from fiapx_common.errors import NotFound
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_common.postgres import transaction
from fiapx_models.events import VideoCancelled, VideoDeleted, VideoFailed
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.entities.archive import archive_key, manifest_key
from processing_service.entities.job import EndedJob, JobKey, JobState
from processing_service.repositories.leftovers import PostgresLeftovers
from processing_service.settings import Role, SweepSettings

Platform = Any  # conftest's


async def test_a_deleted_video_leaves_no_object_and_no_row(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await platform.tell(VideoDeleted(video_id=video.video_id, user_id=video.user_id, attempt=1))
        await platform.until_state(video.video_id, None)
    assert platform.objects("parts/") | platform.objects("results/") == set()
    assert await platform.rows("SELECT 1 FROM frames") == []


async def test_a_result_goes_whose_owner_was_told_meanwhile_that_it_is_cancelled(
    platform: Platform, clips: Clips
) -> None:
    async with platform.running():
        kept, video = [await platform.upload_service.upload(clips.counter(frames=60).path) for _ in range(2)]
        outcome = await platform.upload_service.completed(kept)
        await platform.upload_service.completed(video)
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
        await platform.until_expired(video.video_id)
        await platform.until_swept(video.video_id)
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}


async def test_another_video_is_not_touched_by_a_delete(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        kept, video = [await platform.upload_service.upload(clips.counter(frames=60).path) for _ in range(2)]
        outcome = await platform.upload_service.completed(kept)
        await platform.upload_service.completed(video)
        await platform.tell(VideoDeleted(video_id=video.video_id, user_id=video.user_id, attempt=1))
        await platform.until_state(video.video_id, None)
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}


async def test_parts_and_unfinished_uploads_of_a_failed_job_go(platform: Platform) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(b"no video")
        part = f"parts/{video.video_id}/1/0-1"
        await platform.store.put(part, b"a zombie's")
        await platform.store.create_multipart(f"parts/{video.video_id}/1/1-1")
        await platform.upload_service.publish(video)
        await platform.upload_service.wait_for(VideoFailed, video.video_id)

        async def nothing_is_left() -> bool:
            return not platform.objects("parts/") and not await platform.store.list_multipart("parts/")

        await platform.until(nothing_is_left)


async def test_a_zombies_part_of_a_completed_job_goes(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=frozenset({Role.PLANNER, Role.WORKER}), sweep=SweepSettings(every_s=60)):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_state(video.video_id, "assembling")
    async with platform.running():
        await platform.upload_service.completed(video)
        await platform.store.put(f"parts/{video.video_id}/1/0-7", b"late")

        async def is_gone() -> bool:
            return not platform.objects("parts/")

        await platform.until(is_gone)


async def test_what_a_lost_assembler_left_beside_the_archive_goes(platform: Platform, clips: Clips) -> None:
    async with platform.running(sweep=SweepSettings(every_s=60)):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        outcome = await platform.upload_service.completed(video)
        lost = f"results/{video.video_id}/1/0/"
        await platform.store.put(f"{lost}manifest.json", b"{}")
        await platform.store.create_multipart(f"{lost}frames.zip")
    async with platform.running():
        await platform.until_swept(video.video_id)
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}
    assert await platform.store.list_multipart("results/") == []


async def test_a_result_goes_some_time_after_a_later_one_came(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        first = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(first)
        await platform.upload_service.publish(first.model_copy(update={"attempt": 2}))
        await platform.until_state(first.video_id, "completed", attempt=2)
        await platform.until_state(first.video_id, None, attempt=1)
    key = await platform.result_key(first.video_id, 2)
    assert platform.objects("results/") == {archive_key(key), manifest_key(key)}


async def test_a_result_goes_some_time_after_a_later_attempt_failed(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        first = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(first)
        await platform.upload_service.publish(first.model_copy(update={"attempt": 2, "options_json": "unlawful"}))
        await platform.until_state(first.video_id, "failed", attempt=2)
        await platform.until_state(first.video_id, None, attempt=1)
    assert platform.objects("results/") == set()


async def test_a_result_stays_while_a_later_attempt_is_under_way(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=frozenset({Role.PLANNER, Role.ASSEMBLER})):
        async with platform.running(roles=frozenset({Role.WORKER})):
            first = await platform.upload_service.upload(clips.counter(frames=60).path)
            outcome = await platform.upload_service.completed(first)
        other = {"attempt": 2, "options_json": '{"sampling": {"rule": "fps", "fps": 3}}'}
        await platform.upload_service.publish(first.model_copy(update=other))
        await platform.until_state(first.video_id, "running", attempt=2)
        await platform.pause(2)
        assert outcome.archive_key in platform.objects("results/")


async def test_a_store_that_is_away_is_swept_when_it_is_back(platform: Platform, clips: Clips, proxy: Any) -> None:
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    store = platform.settings.store.model_copy(update={"endpoint": between.address, "timeout_s": 3.0})
    async with platform.running(store=store):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        between.cut()
        await platform.tell(VideoDeleted(video_id=video.video_id, user_id=video.user_id, attempt=1))
        await platform.pause(2)
        between.forward()
        await platform.until_state(video.video_id, None)
    assert platform.objects("results/") == set()


async def test_a_result_goes_when_it_has_been_kept_long_enough(platform: Platform, clips: Clips) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=PATIENCE_S) as channel:
        old, young = [await platform.upload_service.upload(clips.counter(frames=60).path) for _ in range(2)]
        await platform.upload_service.completed(old)
        outcome = await platform.upload_service.completed(young)
        await platform.until_swept(old.video_id)
        await platform.change(
            "UPDATE jobs SET finished_at = finished_at - interval '7 days 61 minutes' WHERE video_id = :id",
            id=old.video_id,
        )
        await platform.until_expired(old.video_id)
        await platform.until_swept(old.video_id)
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        asked: dict[str, Any] = {"video_id": str(old.video_id), "attempt": 1}
        with pytest.raises(NotFound, match="has no result"), answered_by("processing"):
            await stub.ListFrames(processing_pb2.ListFramesRequest(**asked))
        for call in (
            stub.ReadManifest(processing_pb2.ReadManifestRequest(**asked)),
            stub.ReadFrame(processing_pb2.ReadFrameRequest(**asked, index=1)),
            stub.ReadFrames(
                processing_pb2.ReadFramesRequest(**asked, ranges=[processing_pb2.IndexRange(first=1, last=1)])
            ),
        ):
            with pytest.raises(NotFound, match="has no result"), answered_by("processing"):
                await anext(aiter(call))
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}
    assert await platform.state(old.video_id) == "completed"
    assert {row.video_id for row in await platform.rows("SELECT video_id FROM frames")} == {young.video_id}


async def test_a_result_that_expires_while_it_is_swept_is_found_again(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await platform.until_swept(video.video_id)
    key = JobKey(video.video_id, 1)
    async with transaction(platform.engine) as connection:
        leftovers = PostgresLeftovers(connection)
        assert await leftovers.expire(after_s=0, limit=10) == [key]
        assert await leftovers.expire(after_s=0, limit=10) == []
        await leftovers.swept(EndedJob(key, JobState.COMPLETED, has_expired=False))
        (found,) = await leftovers.ended_unswept(0, 10)
        assert (found.key, found.has_expired) == (key, True)
