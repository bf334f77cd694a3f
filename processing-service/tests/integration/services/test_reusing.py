"""A result that is still kept is given once more, and to nobody else."""

import asyncio
import hashlib
import json
from typing import Any
from uuid import uuid4

import pytest
from fiapx_models.events import VideoCancelled, VideoDeleted, VideoProcessingStarted, VideoUploaded
from fiapx_testing.clips import Clips
from processing_service.services.reusing import REUSED
from processing_service.settings import Role

Platform = Any  # conftest's
OPTIONS = '{"sampling":{"rule":"fps","fps":5}}'
PLANNER = frozenset({Role.PLANNER})
"""Without a worker, only a kept result can end a job."""


def digest(path: Any) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def upload(platform: Platform, path: Any, like: VideoUploaded | None = None, **changes: Any) -> VideoUploaded:
    """The file once more, by the same user unless told otherwise; its digest is taken as upload-service takes it."""
    fresh = await platform.upload_service.store_source(path, OPTIONS)
    user = fresh.user_id if like is None else like.user_id
    video: VideoUploaded = fresh.model_copy(
        update={"user_id": user, "content_sha256": digest(path), "filename": f"{fresh.video_id}.mp4", **changes}
    )
    await platform.upload_service.publish(video)
    return video


async def test_the_same_file_and_options_give_the_same_frames_without_a_worker(
    platform: Platform, clips: Clips
) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        first_outcome = await platform.upload_service.completed(first)
    async with platform.running(roles=PLANNER):
        second = await upload(platform, path, first, external_id="order-2")
        outcome = await platform.upload_service.completed(second)
    archives = [await platform.archive(one) for one in (first_outcome, outcome)]
    assert archives[1].check() is None
    assert archives[1].names == archives[0].names
    images = archives[0].names[:10]
    assert [archives[1].read(name) for name in images] == [archives[0].read(name) for name in images]
    told = json.loads(archives[1].read("manifest.json"))
    assert (told["video"]["id"], told["video"]["external_id"]) == (str(second.video_id), "order-2")
    assert told["frames"] == json.loads(archives[0].read("manifest.json"))["frames"]
    assert told["warnings"] == []
    assert outcome.warnings == [REUSED]
    assert first_outcome.warnings == []
    (started,) = platform.upload_service.heard(VideoProcessingStarted, second.video_id)
    assert (started.media, started.frames_expected) == (outcome.media, 10)


async def test_each_of_the_two_outlives_the_other(platform: Platform, clips: Clips) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        await platform.upload_service.completed(first)
        second = await upload(platform, path, first)
        outcome = await platform.upload_service.completed(second)
        await platform.tell(VideoDeleted(video_id=first.video_id, user_id=first.user_id, attempt=1))
        await platform.until_state(first.video_id, None)
        assert (await platform.archive(outcome)).check() is None
        third = await upload(platform, path, first)
        last = await platform.upload_service.completed(third)
        await platform.tell(VideoDeleted(video_id=second.video_id, user_id=first.user_id, attempt=1))
        await platform.until_state(second.video_id, None)
        assert len((await platform.archive(last)).counters()) == 10
    assert last.warnings == [REUSED]
    assert platform.objects("results/") == {last.archive_key, last.manifest_key}


async def test_a_later_attempt_on_the_same_stored_file_needs_no_digest(platform: Platform, clips: Clips) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path, content_sha256=None)
        await platform.upload_service.completed(first)
    async with platform.running(roles=PLANNER):
        await platform.upload_service.publish(first.model_copy(update={"attempt": 2}))
        await platform.until_state(first.video_id, "completed", attempt=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"user_id": uuid4},
        {"content_sha256": lambda: None},
        {"content_sha256": lambda: "0" * 64},
        {"options_json": lambda: '{"sampling":{"rule":"fps","fps":4}}'},
    ],
    ids=["another user", "no digest of ours", "another file", "other options"],
)
async def test_what_is_not_the_same_is_decoded(platform: Platform, clips: Clips, changes: dict[str, Any]) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        await platform.upload_service.completed(first)
        made = {name: make() for name, make in changes.items()}
        second = await upload(platform, path, first, **made)
        assert (await platform.upload_service.completed(second)).warnings == []


@pytest.mark.parametrize(
    "gone",
    [
        "UPDATE videos SET deleted_at = now()",
        "UPDATE jobs SET expired_at = now()",
        "UPDATE jobs SET made_by = 'an older engine'",
        "DELETE FROM frames WHERE index = 3",
    ],
)
async def test_what_is_no_longer_kept_or_was_made_otherwise_is_decoded(
    platform: Platform, clips: Clips, gone: str
) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        await platform.upload_service.completed(first)
        await platform.change(gone)
        second = await upload(platform, path, first)
        outcome = await platform.upload_service.completed(second)
    assert outcome.warnings == []
    assert len((await platform.archive(outcome)).counters()) == 10


async def test_a_result_whose_archive_has_just_gone_is_decoded(platform: Platform, clips: Clips) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        gone = await platform.upload_service.completed(first)
        await platform.store.delete([gone.archive_key])
        second = await upload(platform, path, first)
        outcome = await platform.upload_service.completed(second)
    assert outcome.warnings == []
    assert (await platform.archive(outcome)).check() is None


async def test_many_at_once_while_the_first_is_deleted_all_end_well(platform: Platform, clips: Clips) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        await platform.upload_service.completed(first)
        others = [await upload(platform, path, first) for _ in range(4)]
        await platform.tell(VideoDeleted(video_id=first.video_id, user_id=first.user_id, attempt=1))
        outcomes = await asyncio.gather(*(platform.upload_service.completed(video) for video in others))
        await platform.until_state(first.video_id, None)
        archives = [await platform.archive(outcome) for outcome in outcomes]
    assert [archive.check() for archive in archives] == [None] * 4
    assert [len(archive.counters()) for archive in archives] == [10] * 4


async def test_a_cancelled_one_is_not_completed_by_a_kept_result(platform: Platform, clips: Clips) -> None:
    path = clips.counter(frames=60, fps=30).path
    async with platform.running():
        first = await upload(platform, path)
        outcome = await platform.upload_service.completed(first)
        fresh = await platform.upload_service.store_source(path, OPTIONS)
        second = fresh.model_copy(update={"user_id": first.user_id, "content_sha256": digest(path)})
        await platform.tell(VideoCancelled(video_id=second.video_id, user_id=second.user_id, attempt=1))
        await platform.upload_service.publish(second)
        await platform.pause(2)
        assert await platform.state(second.video_id) is None
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}
