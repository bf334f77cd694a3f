"""From `video.uploaded` to the archive, which must hold exactly the right frames."""

import csv
import hashlib
import io
import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fiapx_common.grpc.client import open_channel
from fiapx_models.events import VideoProcessed, VideoProcessingStarted, VideoProgressed
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.entities.archive import archive_key
from processing_service.settings import DecoderSettings

Platform = Any  # conftest's
FIVE_A_SECOND = '{"sampling":{"rule":"fps","fps":5}}'


async def finished(platform: Platform, clip: Path, options: str = "") -> VideoProcessed:
    async with platform.running():
        video = await platform.upload_service.upload(clip, options)
        outcome: VideoProcessed = await platform.upload_service.completed(video)
    return outcome


async def test_the_archive_holds_exactly_the_frames_on_screen(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=90, fps=30).path)
    archive = await platform.archive(outcome)
    assert archive.check() is None
    assert archive.counters() == [0, 30, 60]


async def test_frames_of_a_variable_rate_are_found_by_their_time(platform: Platform, clips: Clips) -> None:
    clip = clips.counter(frames=60, fps=10, vfr=True)
    outcome = await finished(platform, clip.path)
    on_screen = [max(n for n, at in enumerate(clip.times_s) if at <= t) for t in range(int(clip.duration_s))]
    assert (await platform.archive(outcome)).counters() == on_screen


async def test_a_clip_shorter_than_an_interval_still_gives_one_frame(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=5, fps=30).path)
    assert (await platform.archive(outcome)).counters() == [0]


async def test_an_archive_is_whole_and_told_as_it_is(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path, FIVE_A_SECOND)
    archive = await platform.archive(outcome)
    assert outcome.frame_count == len(archive.names) - 2 == 10
    assert outcome.archive_bytes == len(archive.data)
    assert archive.names[-2:] == ["manifest.json", "frames.csv"]
    assert archive.names[0] == "frame_000001_00-00-00.000.png"


async def test_the_legacy_preset_gives_the_old_names_and_ffmpegs_frames(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=40, fps=10).path, '"legacy"')
    archive = await platform.archive(outcome)
    assert archive.names[:4] == ["frame_0001.png", "frame_0002.png", "frame_0003.png", "frame_0004.png"]
    assert archive.counters() == [4, 14, 24, 34]


@pytest.mark.parametrize(
    ("wanted", "suffix", "content_type"),
    [({"format": "jpeg"}, ".jpg", "image/jpeg"), ({"format": "webp", "quality": 95}, ".webp", "image/webp")],
)
async def test_other_formats_hold_the_same_frames_under_their_own_names(
    platform: Platform, clips: Clips, wanted: dict[str, object], suffix: str, content_type: str
) -> None:
    clip, options = clips.counter(frames=60, fps=30).path, {"sampling": {"rule": "fps", "fps": 5}, **wanted}
    async with platform.running(decoder=DecoderSettings(segment_frames=4)) as started:
        video = await platform.upload_service.upload(clip, json.dumps(options))
        archive = await platform.archive(await platform.upload_service.completed(video))
        async with open_channel(started.grpc, timeout_s=PATIENCE_S) as channel:
            request = processing_pb2.ReadFrameRequest(video_id=str(video.video_id), attempt=1, index=4)
            stub = processing_pb2_grpc.MediaServiceStub(channel)
            first, *rest = [answer async for answer in stub.ReadFrame(request)]
    assert archive.check() is None
    assert archive.counters() == [0, 6, 12, 18, 24, 30, 36, 42, 48, 54]
    assert archive.names[3] == f"frame_000004_00-00-00.600{suffix}"
    assert {Path(name).suffix for name in archive.names[:-2]} == {suffix}
    manifest = json.loads(archive.read("manifest.json"))
    assert {name: manifest["options"][name] for name in wanted} == wanted
    assert (first.header.name, first.header.content_type) == (archive.names[3], content_type)
    assert b"".join(answer.chunk for answer in rest) == archive.read(archive.names[3])


async def test_the_manifest_and_the_table_tell_the_true_content(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path, FIVE_A_SECOND)
    archive = await platform.archive(outcome)
    manifest = json.loads(archive.read("manifest.json"))
    assert [row["name"] for row in manifest["frames"]] == archive.names[:-2]
    for row in manifest["frames"]:
        image = archive.read(row["name"])
        assert (hashlib.sha256(image).hexdigest(), len(image)) == (row["sha256"], row["bytes"])
        assert Fraction(row["time_base"]) * row["pts"] == Fraction(row["frame"], 30)
    lines = csv.DictReader(io.StringIO(archive.read("frames.csv").decode()))
    assert [line["sha256"] for line in lines] == [row["sha256"] for row in manifest["frames"]]


async def test_the_manifest_tells_the_video_and_the_options(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path, FIVE_A_SECOND)
    manifest = json.loads((await platform.archive(outcome)).read("manifest.json"))
    assert manifest["video"]["external_id"] == "order-1"
    assert manifest["video"]["metadata"] == {"camera": "north"}
    assert manifest["video"]["media"]["width"] == 320
    assert manifest["options"]["sampling"] == {"rule": "fps", "fps": 5}


async def test_the_manifest_tells_what_was_done_to_the_pictures(platform: Platform, clips: Clips) -> None:
    options = {"sampling": {"rule": "count", "frames": 2}, "crop": {"width": 160, "height": 300}, "width": 80}
    outcome = await finished(platform, clips.counter(frames=30, rotate=90, size=(180, 320)).path, json.dumps(options))
    manifest = json.loads((await platform.archive(outcome)).read("manifest.json"))
    assert manifest["picture"] == {
        "width": 80,
        "height": 150,
        "bits": 8,
        "rotated": 90,
        "mirrored": False,
        "deinterlaced": False,
        "tone_mapped": False,
        "crop": {"x": 0, "y": 0, "width": 160, "height": 300},
    }
    assert {(row["width"], row["height"]) for row in manifest["frames"]} == {(80, 150)}


@pytest.mark.parametrize("segment_frames", [1500, 7])
async def test_what_decodes_of_a_damaged_video_is_kept_and_the_rest_told(
    platform: Platform, clips: Clips, tmp_path: Path, segment_frames: int
) -> None:
    data = bytearray(clips.counter(frames=90, fps=30, gop=15).path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 2000] = bytes(2000)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    options = {"sampling": {"rule": "every", "frames": 1}, "on_damage": "keep"}
    async with platform.running(decoder=DecoderSettings(segment_frames=segment_frames)):
        video = await platform.upload_service.upload(damaged, json.dumps(options))
        outcome = await platform.upload_service.completed(video)
    archive = await platform.archive(outcome)
    manifest = json.loads(archive.read("manifest.json"))
    assert archive.check() is None
    assert 40 < outcome.frame_count < 90
    assert [warned.code for warned in outcome.warnings] == ["damaged"]
    assert manifest["warnings"] == [warned.model_dump() for warned in outcome.warnings]
    assert all(row["index"] == row["frame"] + 1 for row in manifest["frames"])
    assert archive.counters()[:30] == list(range(30))


async def test_one_range_of_the_archive_is_one_image(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path, FIVE_A_SECOND)
    archive = await platform.archive(outcome)
    for row in json.loads(await platform.store.read_all(outcome.manifest_key))["frames"]:
        assert archive.data[row["offset"] : row["offset"] + row["bytes"]] == archive.read(row["name"])


async def test_many_small_segments_give_the_same_bytes_as_one(platform: Platform, clips: Clips) -> None:
    clip, options = clips.counter(frames=60, fps=30, gop=10), '{"sampling":{"rule":"fps","fps":15}}'
    async with platform.running():
        first = await platform.upload_service.upload(clip.path, options)
        whole = (await platform.archive(await platform.upload_service.completed(first))).data
    cut = first.model_copy(update={"attempt": 2})
    await platform.forget_engine()
    async with platform.running(decoder=DecoderSettings(segment_frames=2)):
        await platform.upload_service.publish(cut)
        await platform.until_state(cut.video_id, "completed", attempt=2)
        again = await platform.store.read_all(archive_key(await platform.result_key(cut.video_id, 2)))
    assert len(await platform.segments(cut.video_id)) > 5
    assert again == whole


async def test_the_owner_is_told_what_the_video_is_before_it_is_done(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path)
    (started,) = platform.upload_service.heard(VideoProcessingStarted, outcome.video_id)
    assert started.frames_expected == 2
    assert (started.media.duration_s, started.media.width, started.media.codec) == (2.0, 320, "h264")


async def test_progress_is_told_while_frames_come_and_never_falls(
    platform: Platform, clips: Clips, slow_ffmpeg: str
) -> None:
    async with platform.running(decoder=DecoderSettings(ffmpeg=slow_ffmpeg, segment_frames=10)):
        video = await platform.upload_service.upload(
            clips.counter(frames=30, fps=10, gop=10).path, '{"sampling":{"rule":"fps","fps":10}}'
        )
        await platform.upload_service.completed(video)
    told = platform.upload_service.heard(VideoProgressed, video.video_id)
    assert len(told) >= 2
    assert all(
        earlier.progress < later.progress or earlier.frames_ready < later.frames_ready
        for earlier, later in pairwise(told)
    )
    assert all(earlier.progress <= later.progress for earlier, later in pairwise(told))
    # each frame is the same work here
    assert all(event.progress == pytest.approx(event.frames_done / 30) for event in told)
    assert {event.frames_ready for event in told} >= {10, 20}


async def test_nothing_but_the_result_is_left(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=60, fps=30).path)
    assert platform.objects("parts/") == set()
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}
    assert list(platform.settings.scratch_dir.rglob("*")) == []


async def test_a_copy_of_a_source_goes_while_the_service_runs_on(platform: Platform, clips: Clips) -> None:
    async with platform.running():
        video = await platform.upload_service.upload(clips.counter(frames=60, fps=30).path)
        await platform.upload_service.completed(video)

        async def gone() -> bool:
            return not [file for file in platform.settings.scratch_dir.rglob("*") if video.video_id.hex in file.name]

        await platform.until(gone)


async def test_several_videos_at_once_keep_their_frames_apart(platform: Platform, clips: Clips) -> None:
    lengths = (30, 60, 90)
    async with platform.running():
        videos = [await platform.upload_service.upload(clips.counter(frames=n, fps=30).path) for n in lengths]
        outcomes = [await platform.upload_service.completed(video) for video in videos]
    frames: list[list[int]] = [(await platform.archive(outcome)).counters() for outcome in outcomes]
    assert frames == [[0], [0, 30], [0, 30, 60]]


async def test_one_trace_follows_the_video(platform: Platform, clips: Clips) -> None:
    outcome = await finished(platform, clips.counter(frames=30, fps=30).path)
    traces = {_trace(message.headers) for message, event in platform.upload_service.outcomes if _is(event, outcome)}
    assert len(traces) == 1


def _trace(headers: Any) -> str:
    return str(headers["traceparent"]).split("-")[1]


def _is(event: Any, outcome: VideoProcessed) -> bool:
    return UUID(event.subject()) == outcome.video_id
