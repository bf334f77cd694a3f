"""Scores and dedup on the whole way of a video: the same for any number of segments, and told everywhere alike."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fiapx_common.grpc.client import open_channel
from fiapx_models.events import VideoProcessed
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.waiting import PATIENCE_S
from processing_service.entities.archive import archive_key
from processing_service.settings import DecoderSettings

from .finished_archives import Archive

Platform = Any  # conftest's
EACH_FRAME: dict[str, object] = {"sampling": {"rule": "every", "frames": 1}}
DEDUP = {**EACH_FRAME, "dedup": {"threshold": 4}}


@pytest.fixture(scope="module")
def slides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three pictures of ten frames each at 10 fps, a keyframe each fifth frame: bars, black, bars."""
    path = tmp_path_factory.mktemp("slides") / "slides.mp4"
    bars = "smptebars=s=320x180:r=10:d=1"
    graph = f"{bars}[a];color=black:s=320x180:r=10:d=1[b];{bars}[c];[a][b][c]concat=n=3,format=yuv420p"
    encode = ["-c:v", "libx264", "-qp", "0", "-g", "5"]
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", graph, *encode, str(path)], check=True, timeout=60)
    return path


@dataclass(frozen=True)
class Finished:
    """What came of a video, as each door tells it."""

    outcome: VideoProcessed
    archive: Archive
    beside: list[dict[str, Any]]
    """Of the manifest beside the archive."""
    paged: list[processing_pb2.Frame]
    excerpt: bytes
    """Of all frames."""

    @property
    def frames(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.archive.read("manifest.json"))["frames"]
        return found


async def finished(platform: Platform, video: Path, options: dict[str, object], **changes: Any) -> Finished:
    async with platform.running(**changes) as started:
        told = await platform.upload_service.upload(video, json.dumps(options))
        outcome = await platform.upload_service.completed(told)
        identity = str(told.video_id)
        async with open_channel(started.grpc, timeout_s=PATIENCE_S) as channel:
            stub = processing_pb2_grpc.MediaServiceStub(channel)
            listing = processing_pb2.ListFramesRequest(video_id=identity, attempt=1, limit=100)
            page = await stub.ListFrames(listing)
            everything = [processing_pb2.IndexRange(first=1, last=100)]
            reading = processing_pb2.ReadFramesRequest(video_id=identity, attempt=1, ranges=everything)
            excerpt = b"".join([answer.chunk async for answer in stub.ReadFrames(reading)])
        beside = json.loads(await platform.store.read_all(outcome.manifest_key))["frames"]
        return Finished(outcome, await platform.archive(outcome), beside, list(page.frames), excerpt)


async def test_doubles_are_dropped_and_the_archive_has_none_of_their_bytes(
    platform: Platform, slides: Path, tmp_path: Path
) -> None:
    made = await finished(platform, slides, DEDUP)
    assert [frame["index"] for frame in made.frames] == [1, 11, 21]
    assert made.outcome.frame_count == 3
    (warned,) = made.outcome.warnings
    assert (warned.code, warned.message.split(" were")[0]) == ("deduplicated", "27 of 30 frames")
    assert made.outcome.archive_bytes == len(made.archive.data) < sum(frame["bytes"] for frame in made.frames) + 4000
    path = tmp_path / "frames.zip"
    path.write_bytes(made.archive.data)
    assert unzip_finds_no_fault(path)


def unzip_finds_no_fault(path: Path) -> bool:
    return subprocess.run(["unzip", "-tqq", str(path)], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("options", [DEDUP, {**DEDUP, "format": "jpeg"}, {**EACH_FRAME, "scores": True}])
async def test_any_number_of_segments_gives_the_same_archive(
    platform: Platform, slides: Path, options: dict[str, object]
) -> None:
    async with platform.running():
        first = await platform.upload_service.upload(slides, json.dumps(options))
        whole = (await platform.archive(await platform.upload_service.completed(first))).data
    again = first.model_copy(update={"attempt": 2})
    await platform.forget_engine()
    async with platform.running(decoder=DecoderSettings(segment_frames=3)):
        await platform.upload_service.publish(again)
        await platform.until_state(again.video_id, "completed", attempt=2)
    assert len(await platform.segments(again.video_id)) > 10
    key = archive_key(await platform.result_key(again.video_id, 2))
    assert await platform.store.read_all(key) == whole


@pytest.mark.parametrize("segment_frames", [1500, 3])
async def test_every_door_tells_the_frames_that_are_left_where_they_lie(
    platform: Platform, slides: Path, segment_frames: int
) -> None:
    made = await finished(platform, slides, DEDUP, decoder=DecoderSettings(segment_frames=segment_frames))
    assert made.excerpt == made.archive.data
    assert [frame.index for frame in made.paged] == [frame["index"] for frame in made.frames]
    for row in made.beside:
        assert made.archive.data[row["offset"] : row["offset"] + row["bytes"]] == made.archive.read(row["name"])


@pytest.mark.parametrize("engine", ["libav", "ffmpeg"])
async def test_scores_are_told_alike_by_the_manifest_and_page_by_page(
    platform: Platform, slides: Path, engine: str
) -> None:
    made = await finished(platform, slides, {**EACH_FRAME, "scores": True}, engine=engine)
    scores = [frame["scores"] for frame in made.frames]
    assert [one["freeze"] == 1 for one in scores] == [number not in {0, 10, 20} for number in range(30)]
    assert scores[0]["freeze"] is None
    assert [one["black"] == 1 for one in scores] == [10 <= number < 20 for number in range(30)]
    told = [frame.scores for frame in made.paged]
    assert [(one.sharpness, one.black, one.hash) for one in told] == [
        (one["sharpness"], one["black"], one["hash"]) for one in scores
    ]
    assert [one.freeze if one.HasField("freeze") else None for one in told] == [one["freeze"] for one in scores]
    assert made.outcome.warnings == []


@pytest.mark.parametrize("options", [{"max_frames": 1, "scores": True}, {**EACH_FRAME, "dedup": {"threshold": 64}}])
async def test_one_frame_alone_is_like_nothing(platform: Platform, slides: Path, options: dict[str, object]) -> None:
    made = await finished(platform, slides, options)
    assert [frame["scores"]["freeze"] for frame in made.frames] == [None]
    assert [frame.scores.HasField("freeze") for frame in made.paged] == [False]


async def test_nothing_is_told_of_scores_that_nobody_asked_for(platform: Platform, slides: Path) -> None:
    made = await finished(platform, slides, EACH_FRAME)
    assert not any("scores" in frame for frame in made.frames)
    assert not any(frame.HasField("scores") for frame in made.paged)
    assert b"sharpness" not in made.archive.read("frames.csv")
