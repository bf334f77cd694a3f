"""Overviews go with their result, whenever that goes."""

from typing import Any

import pytest
from fiapx_common.errors import NotFound
from fiapx_common.grpc.client import answered_by, open_channel
from fiapx_models.events import VideoDeleted
from fiapx_proto.processing.v1 import processing_pb2, processing_pb2_grpc
from fiapx_testing.clips import Clips
from fiapx_testing.waiting import PATIENCE_S
from processing_service.settings import SweepSettings

Platform = Any  # conftest's


async def contact_sheet(stub: Any, video_id: object) -> bytes:
    request = processing_pb2.ReadContactSheetRequest(video_id=str(video_id), attempt=1, columns=4, rows=5, width=320)
    with answered_by("processing"):
        return b"".join([answer.chunk async for answer in stub.ReadContactSheet(request)])


async def test_a_deleted_video_leaves_no_overview(platform: Platform, clips: Clips) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=PATIENCE_S) as channel:
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await contact_sheet(processing_pb2_grpc.MediaServiceStub(channel), video.video_id)
        assert f"results/{video.video_id}/1/previews/contact-sheet-4x5-320.jpg" in platform.objects("results/")
        await platform.tell(VideoDeleted(video_id=video.video_id, user_id=video.user_id, attempt=1))
        await platform.until_state(video.video_id, None)
    assert platform.objects("results/") == set()


async def test_an_expired_result_leaves_no_overview(platform: Platform, clips: Clips) -> None:
    async with platform.running() as started, open_channel(started.grpc, timeout_s=PATIENCE_S) as channel:
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        await platform.upload_service.completed(video)
        await platform.until_swept(video.video_id)
        await contact_sheet(processing_pb2_grpc.MediaServiceStub(channel), video.video_id)
        await platform.change("UPDATE jobs SET finished_at = finished_at - interval '8 days'")
        await platform.until_expired(video.video_id)
        await platform.until_swept(video.video_id)
    assert platform.objects("results/") == set()


async def test_an_overview_made_while_its_video_is_deleted_does_not_stay(platform: Platform, clips: Clips) -> None:
    sweeps_later = SweepSettings(every_s=600)
    async with (
        platform.running(sweep=sweeps_later) as started,
        open_channel(started.grpc, timeout_s=PATIENCE_S) as channel,
    ):
        video = await platform.upload_service.upload(clips.counter(frames=60).path)
        outcome = await platform.upload_service.completed(video)
        await platform.change("UPDATE videos SET deleted_at = now()")
        with pytest.raises(NotFound, match="has no result"):
            await contact_sheet(processing_pb2_grpc.MediaServiceStub(channel), video.video_id)
    assert platform.objects("results/") == {outcome.archive_key, outcome.manifest_key}
