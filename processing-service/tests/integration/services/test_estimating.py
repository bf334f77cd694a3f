"""What a job will come to, told before it is begun."""

import json
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Conflict, Gone, Invalid
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_models.media import Media
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.clips import Clips
from processing_service.settings import DecoderSettings, Role

Platform = Any  # conftest's
OPTIONS = [
    '{"sampling":{"rule":"fps","fps":"7/3"}}',
    '{"sampling":{"rule":"ffmpeg_fps","fps":4},"range":{"start_s":0.5}}',
    '{"sampling":{"rule":"timestamps","seconds":[0.1,0.11,1.9,30]}}',
    '{"sampling":{"rule":"keyframes"},"max_frames":3}',
    '{"sampling":{"rule":"interval","seconds":0.3},"tolerance_s":0.1}',
    '{"sampling":{"rule":"scenes","threshold":0.001}}',
]
CLIP_MEDIA = Media(duration_s=2.0, width=320, height=240, fps=30.0, codec="h264")


async def estimate(stub: Any, **asked: Any) -> processing_pb2.EstimateResponse:
    with answered_by("processing"):
        answer: processing_pb2.EstimateResponse = await stub.Estimate(processing_pb2.EstimateRequest(**asked))
    return answer


async def instants(stub: Any, video_id: object, options: str, limit: int) -> list[tuple[int, float]]:
    """All pages."""
    found: list[tuple[int, float]] = []
    while True:
        after = found[-1][0] if found else 0
        page = await estimate(stub, video_id=str(video_id), options_json=options, limit=limit, after_index=after)
        assert len(page.instants) <= limit
        found += [(one.index, float(one.time_s)) for one in page.instants]
        if not page.more:
            assert page.frames == len(found)
            return found


async def test_planned_instants_are_those_of_the_job_whatever_the_options(platform: Platform, clips: Clips) -> None:
    source = clips.counter(frames=60, fps=30).path
    small_segments = DecoderSettings(segment_frames=4)
    async with (
        platform.running(decoder=small_segments) as started,
        open_channel(started.grpc, timeout_s=60) as channel,
    ):
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        for options in OPTIONS:
            video = await platform.upload_service.upload(source, options)
            outcome = await platform.upload_service.completed(video)
            manifest = json.loads(await platform.store.read_all(outcome.manifest_key))
            planned = await instants(stub, video.video_id, options, limit=3)
            assert planned == [(frame["index"], frame["time_s"]) for frame in manifest["frames"]]
            whole = await estimate(stub, video_id=str(video.video_id), options_json=options)
            assert [one["code"] for one in manifest["warnings"]] == [one.code for one in whole.warnings]


async def test_a_finished_job_is_what_the_next_estimate_is_reckoned_by(platform: Platform, clips: Clips) -> None:
    options = '{"sampling":{"rule":"fps","fps":5}}'
    async with platform.running() as started, open_channel(started.grpc, timeout_s=60) as channel:
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        told: dict[str, Any] = {"media_json": CLIP_MEDIA.model_dump_json(), "options_json": options}
        before = await estimate(stub, **told)
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30).path, options)
        outcome = await platform.upload_service.completed(video)
        after = await estimate(stub, video_id=str(video.video_id), options_json=options)
        other = await estimate(stub, video_id=str(video.video_id), options_json='{"format":"webp"}')
    assert (before.frames, before.frames_exact, before.bytes_measured, before.seconds_measured) == (
        10,
        False,
        False,
        False,
    )
    assert (after.frames, after.frames_exact, after.bytes_measured, after.seconds_measured) == (10, True, True, True)
    assert after.bytes == outcome.archive_bytes
    assert (other.bytes_measured, other.seconds_measured) == (False, True)
    assert before.seconds > 0
    assert after.seconds > 0


async def test_of_frames_that_may_be_doubles_only_the_most_is_told(platform: Platform, clips: Clips) -> None:
    options = '{"sampling":{"rule":"fps","fps":5},"dedup":{"threshold":64}}'
    async with platform.running() as started, open_channel(started.grpc, timeout_s=60) as channel:
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30).path, options)
        outcome = await platform.upload_service.completed(video)
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        told = await estimate(stub, video_id=str(video.video_id), options_json=options)
    assert outcome.frame_count == 1
    assert (told.frames, told.frames_exact) == (10, False)


async def test_a_video_that_has_only_begun_to_wait_can_be_looked_into(platform: Platform, clips: Clips) -> None:
    async with (
        platform.running(roles=frozenset({Role.PLANNER})) as started,
        open_channel(started.grpc, timeout_s=60) as channel,
    ):
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30).path)
        await platform.until_state(video.video_id, "running")
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        assert (await estimate(stub, video_id=str(video.video_id), limit=1000)).frames == 2


async def test_what_cannot_be_planned_is_told_with_the_jobs_own_code(platform: Platform) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=60) as channel:
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        video = await platform.upload_service.upload(b"This is a text, whatever its name says.\n" * 100, "")
        await platform.until_state(video.video_id, "failed")
        with pytest.raises(Invalid) as caught:
            await estimate(stub, video_id=str(video.video_id))
        assert caught.value.code == "unsupported_container"
        crop = '{"crop":{"x":5000,"y":0,"width":10,"height":10}}'
        with pytest.raises(Invalid) as caught:
            await estimate(stub, media_json=CLIP_MEDIA.model_dump_json(), options_json=crop)
        assert caught.value.code == "crop_outside"


async def test_options_are_judged_as_those_of_an_upload(platform: Platform) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=60) as channel:
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        for wrong, field in (('{"sampling":{"rule":"fps","fps":0}}', "options.sampling.fps"), ("{", "options")):
            with pytest.raises(Invalid) as caught:
                await estimate(stub, media_json=CLIP_MEDIA.model_dump_json(), options_json=wrong)
            assert (caught.value.code, caught.value.fields[0].field) == ("invalid_options", field)


async def test_a_video_nobody_has_heard_of_and_one_whose_source_is_gone_are_told_apart(
    platform: Platform, clips: Clips
) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=60) as channel:
        stub = processing_pb2_grpc.MediaServiceStub(channel)
        with pytest.raises(Conflict, match="nothing to look into"):
            await estimate(stub, video_id=str(uuid4()))
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await platform.store.delete([video.source_key])
        with pytest.raises(Gone) as caught:
            await estimate(stub, video_id=str(video.video_id), options_json='{"max_frames":1}')
        assert caught.value.code == "source_expired"
