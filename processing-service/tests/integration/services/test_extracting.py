"""Workers that die, freeze, stop, crash, or lose their servers, on real processes."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fiapx_models.events import VideoCancelled, VideoDeleted, VideoFailed, VideoProcessed, VideoUploaded
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.settings import DecoderSettings, LeaseSettings, Role, SweepSettings

Platform = Any  # conftest's
StartProcess = Callable[..., Awaitable[Any]]
MakeProgram = Callable[[str], str]
OpenProxy = Callable[[str, int], Awaitable[Any]]

PLANNER_AND_ASSEMBLER = frozenset({Role.PLANNER, Role.ASSEMBLER})
NEVER_LOOKING = LeaseSettings(lease_s=600, renew_every_s=600)
ALL_FRAMES = '{"sampling":{"rule":"fps","fps":10}}'
CRASHING = 'case "$*" in *image2pipe*) kill -SEGV $$;; *) exec ffmpeg "$@";; esac'


@pytest.fixture
def slow(slow_ffmpeg: str) -> DecoderSettings:
    """Six seconds of video take six seconds."""
    return DecoderSettings(ffmpeg=slow_ffmpeg)


@pytest.fixture
def endless(endless_ffmpeg: str) -> DecoderSettings:
    """Six seconds of video take five minutes."""
    return DecoderSettings(ffmpeg=endless_ffmpeg)


async def upload_six_seconds(platform: Platform, clips: Clips) -> VideoUploaded:
    video: VideoUploaded = await platform.upload_service.upload(
        clips.counter(frames=60, fps=10, gop=60).path, ALL_FRAMES
    )
    return video


async def test_a_killed_workers_segment_is_taken_over_before_its_lease_is_over(
    platform: Platform, clips: Clips, start_process: StartProcess, slow: DecoderSettings
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        workers = [await start_process(decoder=slow) for _ in range(2)]
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        (await platform.holder(video, workers)).send(signal.SIGKILL)
        outcome = await platform.upload_service.completed(video)
    (segment,) = await platform.segments(video.video_id)
    assert (segment.lease_attempt, segment.charged, segment.lost) == (2, 0, 1)
    assert (await platform.archive(outcome)).counters() == list(range(60))


async def test_a_killed_workers_decoder_dies_with_it(
    platform: Platform, clips: Clips, start_process: StartProcess, endless: DecoderSettings
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        victim = await start_process(decoder=endless)
        await platform.until_extracting(await upload_six_seconds(platform, clips))
        victim.send(signal.SIGKILL)
        await platform.until(lambda: nobody_decodes(platform))


async def test_a_worker_that_froze_and_wakes_late_changes_nothing(
    platform: Platform, clips: Clips, start_process: StartProcess, slow: DecoderSettings
) -> None:
    # a quicker one would take a worker that waits for its share of the processor for a frozen one
    hasty = platform.settings.broker.model_copy(update={"heartbeat_s": 6})
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        workers = [await start_process(decoder=slow, broker=hasty) for _ in range(2)]
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        frozen = await platform.holder(video, workers)
        frozen.send(signal.SIGSTOP)
        outcome = await platform.upload_service.completed(video)
        before = await platform.archive(outcome)
        frozen.send(signal.SIGCONT)
        await platform.until(lambda: nobody_decodes(platform))
    assert before.counters() == list(range(60))
    assert (await platform.archive(outcome)).data == before.data
    assert len(platform.upload_service.heard(VideoProcessed, video.video_id)) == 1


@pytest.fixture
def gated(program: MakeProgram, tmp_path: Any) -> Callable[[str], DecoderSettings]:
    """An extraction that begins, waits until `gate` exists, and then does something."""

    def make(then: str) -> DecoderSettings:
        wait = f"until [ -e {tmp_path}/gate ]; do sleep 0.05; done"
        body = f'case "$*" in *image2pipe* | *rawvideo*) {wait}; {then};; esac; exec ffmpeg "$@"'
        return DecoderSettings(ffmpeg=program(body))

    return make


@pytest.mark.parametrize("then", [":", "kill -SEGV $$", "exit 0"], ids=["finishes", "crashes", "finds damage"])
async def test_whatever_a_holder_does_too_late_changes_nothing(
    platform: Platform, clips: Clips, gated: Callable[[str], DecoderSettings], tmp_path: Any, then: str
) -> None:
    async with platform.running(decoder=gated(then), lease=NEVER_LOOKING):
        video = await platform.upload_service.upload(clips.counter(frames=30, fps=10).path, ALL_FRAMES)
        await platform.until_running_segment(video)
        await platform.change("UPDATE segments SET lease_attempt = lease_attempt + 1, lease_holder = 'another'")
        before = await platform.segments(video.video_id)
        (tmp_path / "gate").touch()
        await platform.until_handled("processing.segments")
    assert await platform.segments(video.video_id) == before
    assert platform.objects("parts/") == set()
    assert await platform.state(video.video_id) == "running"


async def test_a_crash_after_a_cancel_is_told_to_nobody(
    platform: Platform, clips: Clips, gated: Callable[[str], DecoderSettings], tmp_path: Any
) -> None:
    async with platform.running(decoder=gated("kill -SEGV $$"), lease=NEVER_LOOKING, sweep=SweepSettings()):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_running_segment(video)
        await platform.change("UPDATE segments SET charged = 2")
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
        (tmp_path / "gate").touch()
        await platform.until_handled("processing.segments")
    assert await platform.state(video.video_id) == "cancelled"
    assert platform.upload_service.heard(VideoFailed, video.video_id) == []


async def test_an_error_of_our_own_is_charged_and_ends_the_job(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
        await platform.change("UPDATE segments SET spec = '{}', charged = 2")
    async with platform.running():
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "internal"


@pytest.mark.parametrize("event", [VideoCancelled, VideoDeleted])
async def test_a_cancel_or_delete_kills_the_decoder(
    platform: Platform, clips: Clips, endless: DecoderSettings, event: type[VideoCancelled | VideoDeleted]
) -> None:
    async with platform.running(decoder=endless, lease=LeaseSettings()):
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        await platform.upload_service.publish(event(video_id=video.video_id, user_id=video.user_id, attempt=1))
        # at the next look; two seconds are promised, and the extraction would take minutes
        await platform.until(lambda: nobody_decodes(platform), timeout_s=20)
        await platform.until(lambda: nothing_is_kept(platform))
    assert platform.upload_service.heard(VideoFailed, video.video_id) == []
    assert platform.upload_service.heard(VideoProcessed, video.video_id) == []


async def test_a_superseded_attempt_stops_and_the_newer_completes(
    platform: Platform, clips: Clips, slow: DecoderSettings
) -> None:
    async with platform.running(decoder=slow):
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        short = video.model_copy(update={"attempt": 2, "options_json": '{"max_frames":1}'})
        await platform.upload_service.publish(short)
        outcome = await platform.upload_service.completed(short)
    assert outcome.attempt == 2
    assert await platform.state(video.video_id, 1) == "superseded"


async def test_a_terminated_worker_hands_back_without_a_charge(
    platform: Platform, clips: Clips, start_process: StartProcess, endless: DecoderSettings
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        leaving = await start_process(decoder=endless, drain_s=0.5)
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        leaving.send(signal.SIGTERM)
        assert await leaving.ended() == 0
        (segment,) = await platform.segments(video.video_id)
        assert (segment.state, segment.charged, segment.lost) == ("released", 0, 0)
        assert (await platform.broker.queue("processing.segments")).ready == 1
        await start_process()
        await platform.upload_service.completed(video)


async def test_a_terminated_worker_finishes_what_ends_in_time(
    platform: Platform, clips: Clips, start_process: StartProcess, slow: DecoderSettings
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        leaving = await start_process(decoder=slow, drain_s=PATIENCE_S)
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        leaving.send(signal.SIGTERM)
        await platform.upload_service.completed(video)
        assert await leaving.ended() == 0
    assert (await platform.segments(video.video_id))[0].lease_attempt == 1


async def test_a_terminated_worker_takes_nothing_new(
    platform: Platform, clips: Clips, start_process: StartProcess, slow: DecoderSettings
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        leaving = await start_process(decoder=slow, drain_s=PATIENCE_S)
        first = await upload_six_seconds(platform, clips)
        await platform.until_extracting(first)
        leaving.send(signal.SIGTERM)

        async def nobody_consumes() -> bool:
            return bool((await platform.broker.queue("processing.segments")).consumers == 0)

        await platform.until(nobody_consumes)
        second = await platform.upload_service.upload(clips.counter(frames=30).path)
        await leaving.ended()
        assert {segment.state for segment in await platform.segments(second.video_id)} == {"released"}


async def test_a_decoder_that_crashes_three_times_ends_the_job(
    platform: Platform, clips: Clips, program: MakeProgram
) -> None:
    async with platform.running(decoder=DecoderSettings(ffmpeg=program(CRASHING))):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        await platform.until_dead_letter("processing.segments")
    assert failed.error.code == "decoder_crashed"


async def test_a_decoder_that_crashes_once_is_charged_once(
    platform: Platform, clips: Clips, program: MakeProgram, tmp_path: Any
) -> None:
    crashing_once = f'case "$*" in *image2pipe*) mkdir {tmp_path}/crashed && kill -SEGV $$;; esac; exec ffmpeg "$@"'
    async with platform.running(decoder=DecoderSettings(ffmpeg=program(crashing_once))):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        outcome = await platform.upload_service.completed(video)
    assert (await platform.segments(video.video_id))[0].charged == 1
    assert (await platform.archive(outcome)).counters() == [0, 30]


async def test_a_decoder_that_hangs_fails_the_job_with_a_code(
    platform: Platform, clips: Clips, program: MakeProgram
) -> None:
    hanging = program('case "$*" in *image2pipe*) exec sleep 600;; *) exec ffmpeg "$@";; esac')
    async with platform.running(decoder=DecoderSettings(ffmpeg=hanging, segment_timeout_s=1.0)):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "timeout"


async def test_damage_that_only_decoding_finds_fails_at_once(
    platform: Platform, clips: Clips, program: MakeProgram
) -> None:
    losing = program(
        'case "$*" in *image2pipe*) exec ffmpeg -v error -f lavfi -i nullsrc=d=0 -f null -;; esac; exec ffmpeg "$@"'
    )
    async with platform.running(decoder=DecoderSettings(ffmpeg=losing)):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
    assert failed.error.code == "damaged"
    assert (await platform.broker.queue("processing.segments.dead")).ready == 0


async def test_a_segment_that_ten_workers_were_lost_over_ends_the_job(platform: Platform, clips: Clips) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        await platform.until_state(video.video_id, "running")
        await platform.change(
            "UPDATE segments SET state = 'running', lost = 9, lease_holder = 'gone',"
            " lease_until = now() - interval '9 s'"
        )
    async with platform.running():
        failed = await platform.upload_service.wait_for(VideoFailed, video.video_id)
        await platform.until_dead_letter("processing.segments")
    assert failed.error.code == "internal"


async def test_a_message_that_comes_twice_disturbs_nobody_at_work(
    platform: Platform, clips: Clips, slow: DecoderSettings, start_process: StartProcess
) -> None:
    async with platform.running(roles=PLANNER_AND_ASSEMBLER):
        for _ in range(2):
            await start_process(decoder=slow)
        video = await upload_six_seconds(platform, clips)
        await platform.until_extracting(video)
        await platform.send_segment(video, 0)
        await platform.upload_service.completed(video)
    assert (await platform.segments(video.video_id))[0].lease_attempt == 1


async def test_a_message_that_comes_after_the_end_changes_nothing(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.upload(clips.counter(frames=30).path)
        outcome = await platform.upload_service.completed(video)
        before = await platform.segments(video.video_id)
        await platform.send_segment(video, 0)
        await platform.send_assembly(video)
        await platform.until(lambda: is_empty(platform, "processing.segments"))
        await platform.until(lambda: is_empty(platform, "processing.assembly"))
    assert await platform.segments(video.video_id) == before
    assert (await platform.archive(outcome)).counters() == [0]


async def test_a_message_that_is_no_task_is_a_dead_letter(platform: Platform) -> None:
    async with platform.running():
        await platform.send_raw("processing.segments", b'{"video_id": 1')
        await platform.until_dead_letter("processing.segments")


async def test_a_store_that_is_away_is_waited_for_without_a_charge(
    platform: Platform, clips: Clips, proxy: OpenProxy, program: MakeProgram, tmp_path: Any
) -> None:
    host, port = platform.settings.store.endpoint.split(":")
    between = await proxy(host, int(port))
    store = platform.settings.store.model_copy(update={"endpoint": between.address, "timeout_s": 2.0})
    # the extraction waits until the store is away
    waiting = f'case "$*" in *image2pipe*) until [ -e {tmp_path}/away ]; do sleep 0.05; done;; esac; exec ffmpeg "$@"'
    async with platform.running(store=store, decoder=DecoderSettings(ffmpeg=program(waiting))):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.until_running_segment(video)
        between.cut()
        (tmp_path / "away").touch()

        async def is_handed_back() -> bool:
            return bool((await platform.segments(video.video_id))[0].state == "released")

        await platform.until(is_handed_back)
        between.forward()
        outcome = await platform.upload_service.completed(video)
    (segment,) = await platform.segments(video.video_id)
    assert (segment.charged, segment.lost) == (0, 0)
    assert (await platform.archive(outcome)).counters() == [0, 30]


async def test_a_broker_that_comes_back_finds_every_consumer_again(
    platform: Platform, clips: Clips, proxy: OpenProxy
) -> None:
    between = await proxy(platform.broker.server.host, platform.broker.server.port)
    url = platform.broker.url.replace(platform.broker.server.address, between.address)
    broker = platform.settings.broker.model_copy(update={"url": type(platform.settings.broker.url)(url)})
    queues = [f"processing.{name}" for name in ("video-events", "planning", "segments", "assembly")]
    async with platform.running(broker=broker):
        between.cut()
        await asyncio.sleep(1)
        between.forward()

        async def all_are_back() -> bool:
            return all([(await platform.broker.queue(name)).consumers == 1 for name in queues])

        await platform.until(all_are_back)
        await platform.upload_service.completed(await platform.upload_service.upload(clips.counter(frames=30).path))


async def test_a_broker_lost_midway_costs_nothing_but_time(
    platform: Platform, clips: Clips, slow: DecoderSettings
) -> None:
    async with platform.running(decoder=slow):
        video = await platform.upload_service.upload(clips.counter(frames=30, fps=10).path, ALL_FRAMES)
        await platform.until_extracting(video)
        await platform.broker.cut_connections()
        outcome = await platform.upload_service.completed(video)
    assert (await platform.archive(outcome)).counters() == list(range(30))
    assert len(platform.upload_service.heard(VideoProcessed, video.video_id)) == 1


async def nobody_decodes(platform: Platform) -> bool:
    return not platform.decoders()


async def nothing_is_kept(platform: Platform) -> bool:
    uploads = await platform.store.list_multipart("")
    return not (platform.objects("parts/") or platform.objects("results/") or uploads)


async def is_empty(platform: Platform, queue: str) -> bool:
    return bool((await platform.broker.queue(queue)).ready == 0)
