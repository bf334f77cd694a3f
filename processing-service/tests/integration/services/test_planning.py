"""Events in every order, and sources that are no videos."""

import asyncio
import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fiapx_models.events import (
    VideoCancelled,
    VideoDeleted,
    VideoFailed,
    VideoProcessed,
    VideoProcessingStarted,
    VideoUploaded,
)
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, LeaseSettings, NetSettings, Role, ScratchSettings

Platform = Any  # conftest's
MakeProgram = Callable[[str], str]

PLANNER = frozenset({Role.PLANNER})


async def failure_of(platform: Platform, source: bytes, options: str = "") -> VideoFailed:
    """How a source fails."""
    async with platform.running():
        video = await platform.upload_service.upload(source, options)
        failed: VideoFailed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    return failed


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"", "empty"),
        (b"This is a text, whatever its name says.\n" * 100, "unsupported_container"),
        (random.Random(7).randbytes(100_000), "unsupported_container"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n", "unsupported_container"),
    ],
    ids=["empty", "text", "noise", "playlist"],
)
async def test_a_file_that_is_no_video_fails_with_a_code(platform: Platform, source: bytes, code: str) -> None:
    failed = await failure_of(platform, source)
    assert failed.error.code == code
    assert failed.error.message
    assert failed.error.hint


async def test_a_sound_without_pictures_fails_with_a_code(platform: Platform, sound: bytes) -> None:
    assert (await failure_of(platform, sound)).error.code == "no_video"


@pytest.mark.parametrize("share", [0.3, 0.8])
async def test_a_truncated_file_fails_and_never_gives_a_part(platform: Platform, clips: Clips, share: float) -> None:
    whole = clips.counter(frames=90, fps=30).path.read_bytes()
    failed = await failure_of(platform, whole[: int(len(whole) * share)])
    assert failed.error.code in {"damaged", "unsupported_container", "no_frames"}
    assert platform.upload_service.heard(VideoProcessed, failed.video_id) == []


async def test_more_frames_than_a_job_may_have_are_refused_in_the_plan(platform: Platform, clips: Clips) -> None:
    async with platform.running(decoder=DecoderSettings(most_frames=10)):
        video = await platform.upload_service.upload(
            clips.counter(frames=60, fps=30).path, '{"sampling":{"rule":"fps","fps":30}}'
        )
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "too_many_frames"
    assert await platform.segments(video.video_id) == []


async def test_a_source_that_is_not_in_the_store_fails_as_ours(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=30).path)
        await platform.store.delete([video.source_key])
        await platform.upload_service.publish(video)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "storage"


async def test_who_deleted_a_video_is_told_of_no_failure_when_the_file_goes_before_we_hear_of_it(
    platform: Platform, clips: Clips
) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=30).path)
        await platform.store.delete([video.source_key])
        await platform.upload_service.publish(video)

        async def was_missed() -> bool:
            return [row.charged for row in await platform.rows("SELECT charged FROM jobs")] == [1]

        await platform.until(was_missed)
        await platform.tell(_delete(video))
        await platform.until_state(video.video_id, None)
    assert platform.upload_service.heard(VideoFailed, video.video_id) == []


async def test_a_source_above_the_scratch_budget_fails_as_ours(platform: Platform, clips: Clips) -> None:
    async with platform.running(engine="ffmpeg", scratch=ScratchSettings(budget_bytes=100)):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "storage"


async def test_options_that_this_version_does_not_know_fail_as_ours(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=30).path)
        await platform.upload_service.publish(video.model_copy(update={"options_json": '{"sampling":{"rule":"new"}}'}))
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "internal"


async def test_a_failed_job_leaves_nothing_and_no_worker_down(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        bad = await platform.upload_service.upload(b"no video")
        await platform.upload_service.wait_for(VideoFailed, bad.video_id)
        good = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.upload_service.completed(good)
    assert platform.objects(f"results/{bad.video_id}") == set()


async def test_the_same_event_ten_times_is_one_job(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=60).path)
        same_id = uuid4()
        same = [platform.upload_service.publish(video, same_id) for _ in range(5)]
        other = [platform.upload_service.publish(video) for _ in range(5)]
        for message_id in await asyncio.gather(*same, *other):
            await platform.until_heard(message_id)
        await platform.upload_service.completed(video)
    assert len(platform.upload_service.heard(VideoProcessingStarted, video.video_id)) == 1
    assert len(platform.upload_service.heard(VideoProcessed, video.video_id)) == 1


async def test_a_newer_attempt_supersedes_the_older(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        first = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_state(first.video_id, "running")
        await platform.upload_service.publish(first.model_copy(update={"attempt": 2}))
        await platform.until_state(first.video_id, "running", attempt=2)
    assert await platform.state(first.video_id, 1) == "superseded"


async def test_an_older_attempt_that_comes_late_does_not_begin(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        first = await platform.upload_service.store_source(clips.counter(frames=60).path)
        second = first.model_copy(update={"attempt": 2})
        await platform.upload_service.publish(second)
        await platform.upload_service.completed(second)
        await platform.tell(first)
    assert await platform.state(first.video_id, 1) is None
    assert [event.attempt for event in platform.upload_service.heard(VideoProcessed, first.video_id)] == [2]


async def test_a_cancel_that_overtakes_its_upload_still_counts(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=60).path)
        await platform.tell(_cancel(video))
        await platform.tell(video)
    assert await platform.state(video.video_id) is None


async def test_a_retry_after_a_cancel_begins(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=60).path)
        await platform.tell(_cancel(video))
        again = video.model_copy(update={"attempt": 2})
        await platform.upload_service.publish(again)
        assert (await platform.upload_service.completed(again)).attempt == 2


async def test_a_cancel_after_the_end_changes_nothing(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await platform.tell(_cancel(video))
    assert await platform.state(video.video_id) == "completed"


async def test_the_same_delete_twice_is_one(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_state(video.video_id, "running")
        message_id = await platform.upload_service.publish(_delete(video))
        await platform.upload_service.publish(_delete(video), message_id)
        await platform.until_state(video.video_id, None)
    assert (await platform.broker.queue("processing.video-events.dead")).ready == 0


async def test_the_same_cancel_twice_is_one(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_state(video.video_id, "running")
        message_id = await platform.upload_service.publish(_cancel(video))
        await platform.upload_service.publish(_cancel(video), message_id)
        await platform.until_state(video.video_id, "cancelled")
    assert (await platform.broker.queue("processing.video-events.dead")).ready == 0


async def test_nothing_begins_for_a_video_that_is_deleted(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.store_source(clips.counter(frames=60).path)
        await platform.tell(_delete(video))
        await platform.tell(video.model_copy(update={"attempt": 2}))
    assert await platform.state(video.video_id, 2) is None


async def test_a_planner_that_was_lost_ten_times_ends_the_job(
    platform: Platform, clips: Clips, program: MakeProgram
) -> None:
    sleeping = DecoderSettings(ffprobe=program("sleep 600"))
    async with platform.running(roles=PLANNER, decoder=sleeping, net=NetSettings(every_s=0.3, expired_s=0.5)):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_leased(video)
        await platform.change("UPDATE jobs SET lost = 9, lease_holder = 'gone', lease_until = now() - interval '9 s'")
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        await platform.until_dead_letter("processing.planning")
    assert failed.error.code == "internal"


async def test_a_probe_that_hangs_is_charged_and_ends_the_job(
    platform: Platform, clips: Clips, program: MakeProgram
) -> None:
    hanging = DecoderSettings(ffprobe=program("sleep 600"), probe_timeout_s=1.0)
    async with platform.running(roles=PLANNER, decoder=hanging):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        await platform.until_dead_letter("processing.planning")
    assert failed.error.code == "timeout"


async def test_a_cancel_ends_planning(platform: Platform, clips: Clips, program: MakeProgram) -> None:
    async with platform.running(roles=PLANNER, decoder=DecoderSettings(ffprobe=program("sleep 600; : $*"))):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_leased(video)
        await platform.tell(_cancel(video))

        async def nobody_probes() -> bool:
            return not platform.decoders()

        await platform.until(nobody_probes, timeout_s=20)


async def test_a_plan_that_comes_after_a_cancel_changes_nothing(
    platform: Platform, clips: Clips, program: MakeProgram, tmp_path: Any
) -> None:
    gate = f'until [ -e {tmp_path}/gate ]; do sleep 0.05; done; exec ffprobe "$@"'
    lease = LeaseSettings(lease_s=60, renew_every_s=60)
    async with platform.running(roles=PLANNER, decoder=DecoderSettings(ffprobe=program(gate)), lease=lease):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_leased(video)
        await platform.tell(_cancel(video))
        (tmp_path / "gate").touch()
        await platform.until_handled("processing.planning")
    assert await platform.state(video.video_id) == "cancelled"
    assert platform.upload_service.heard(VideoProcessingStarted, video.video_id) == []


async def test_a_job_that_somebody_plans_is_left_to_him(platform: Platform, clips: Clips) -> None:
    video = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change("UPDATE jobs SET lease_holder = 'another', lease_until = now() + interval '1 hour'")
    async with platform.running(roles=PLANNER):
        await platform.send_planning(video)
        await platform.until_handled("processing.planning")
    assert await platform.state(video.video_id) == "planning"
    assert (await platform.broker.queue("processing.planning.retry.120")).ready == 1


async def test_a_planning_task_that_comes_twice_plans_once(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
        await platform.send_planning(video)
        await platform.until_handled("processing.planning", times=2)
    assert len(await platform.segments(video.video_id)) == 1
    assert len(platform.upload_service.heard(VideoProcessingStarted, video.video_id)) <= 1


async def test_a_source_that_does_not_fit_now_waits(platform: Platform, clips: Clips) -> None:
    clip = clips.counter(frames=60).path
    room = ScratchSettings(budget_bytes=clip.stat().st_size + 10, idle_s=1)
    async with platform.running(scratch=room):
        videos = [await platform.upload_service.upload(clip) for _ in range(3)]
        for video in videos:
            await platform.upload_service.completed(video)


def _cancel(video: VideoUploaded) -> VideoCancelled:
    return VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=video.attempt)


def _delete(video: VideoUploaded) -> VideoDeleted:
    return VideoDeleted(video_id=video.video_id, user_id=video.user_id, attempt=video.attempt)
