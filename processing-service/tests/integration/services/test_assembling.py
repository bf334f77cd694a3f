"""Archives that are assembled under difficulties."""

from collections.abc import Awaitable, Callable
from typing import Any

from fiapx_models.events import VideoCancelled, VideoFailed, VideoProcessed, VideoUploaded
from fiapx_testing.clips import Clips
from processing_service.settings import LeaseSettings, Role

Platform = Any  # conftest's
OpenProxy = Callable[[str, int], Awaitable[Any]]

StartProcess = Callable[..., Awaitable[Any]]

ASSEMBLER = frozenset({Role.ASSEMBLER})
NEVER_LOOKING = LeaseSettings(lease_s=600, renew_every_s=600)
ALL_BUT_ASSEMBLER = frozenset({Role.PLANNER, Role.WORKER})


async def extracted(platform: Platform, clips: Clips) -> VideoUploaded:
    """A video whose parts are all in."""
    async with platform.running(roles=ALL_BUT_ASSEMBLER):
        video: VideoUploaded = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_state(video.video_id, "assembling")
    return video


async def test_a_part_that_is_missing_fails_the_job_as_ours(platform: Platform, clips: Clips) -> None:
    video = await extracted(platform, clips)
    await platform.store.delete_prefix(f"parts/{video.video_id}/")
    async with platform.running():
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "storage"
    assert platform.upload_service.heard(VideoProcessed, video.video_id) == []


async def test_an_assembler_that_was_lost_ten_times_ends_the_job(platform: Platform, clips: Clips) -> None:
    video = await extracted(platform, clips)
    await platform.change("UPDATE jobs SET lost = 9, lease_holder = 'gone', lease_until = now() - interval '9 s'")
    async with platform.running():
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        await platform.until_dead_letter("processing.assembly")
    assert failed.error.code == "internal"


async def test_a_job_that_somebody_assembles_is_left_to_him(platform: Platform, clips: Clips) -> None:
    video = await extracted(platform, clips)
    await platform.change("UPDATE jobs SET lease_holder = 'another', lease_until = now() + interval '1 hour'")
    async with platform.running():
        await platform.until_handled("processing.assembly")
    assert await platform.state(video.video_id) == "assembling"
    assert (await platform.broker.queue("processing.assembly.retry.120")).ready == 1


async def test_a_job_cancelled_before_its_assembly_leaves_nothing(platform: Platform, clips: Clips) -> None:
    video = await extracted(platform, clips)
    async with platform.running(roles=frozenset({Role.PLANNER})):
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
    async with platform.running():
        await platform.until(lambda: is_swept(platform, video))
    assert platform.upload_service.heard(VideoProcessed, video.video_id) == []


async def test_an_assembler_that_lost_its_lease_to_a_cancel_removes_what_it_wrote(
    platform: Platform, clips: Clips, proxy: OpenProxy
) -> None:
    video = await extracted(platform, clips)
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    store = platform.settings.store.model_copy(update={"endpoint": between.address})
    between.blackhole()
    async with platform.running(store=store):
        await platform.until_leased_again(video)
        await platform.change("UPDATE jobs SET state = 'cancelled', finished_at = now(), swept_at = now()")
        await platform.pause(1)
        between.forward()
        await platform.until(lambda: has_no_results(platform, video))


async def test_a_late_assembler_never_replaces_a_finished_archive(
    platform: Platform, clips: Clips, proxy: OpenProxy, start_process: StartProcess
) -> None:
    video = await extracted(platform, clips)
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    store = platform.settings.store.model_copy(update={"endpoint": between.address})
    between.blackhole()
    async with platform.running(roles=ASSEMBLER, assemblers=1, store=store, lease=NEVER_LOOKING):
        await platform.until_leased_again(video)
        await platform.change("UPDATE jobs SET lease_holder = NULL")
        await start_process("assembler")
        await platform.send_assembly(video)
        outcome = await platform.upload_service.completed(video)
        before = {facts.key: facts async for facts in platform.store.list("results/")}
        await platform.pause(1)
        between.forward()
        await platform.until_handled("processing.assembly")
    assert before.keys() == {outcome.archive_key, outcome.manifest_key}
    after = {facts.key: facts async for facts in platform.store.list("results/")}
    assert {key: after.get(key) for key in before} == before
    assert (await platform.archive(outcome)).counters() == [0, 30]
    async with platform.running(roles=frozenset({Role.PLANNER})):
        await platform.until_swept(video.video_id)
    assert platform.objects("results/") == before.keys()


async def test_a_store_that_is_away_delays_the_assembly(platform: Platform, clips: Clips, proxy: OpenProxy) -> None:
    video = await extracted(platform, clips)
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    between.cut()
    store = platform.settings.store.model_copy(update={"endpoint": between.address, "timeout_s": 3.0})
    async with platform.running(store=store):
        await platform.until_handled("processing.assembly")
        between.forward()
        outcome = await platform.upload_service.completed(video)
    assert (await platform.archive(outcome)).counters() == [0, 30]


async def is_swept(platform: Platform, video: VideoUploaded) -> bool:
    return not platform.objects("parts/") and not platform.objects(f"results/{video.video_id}")


async def has_no_results(platform: Platform, video: VideoUploaded) -> bool:
    return not platform.objects(f"results/{video.video_id}")
