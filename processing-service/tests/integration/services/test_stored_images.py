"""Frames that are read before their archive stands, through the gRPC door."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Conflict, NotFound
from fiapx_common.postgres import OutboxRelay
from fiapx_models.events import VideoCancelled, VideoProgressed
from fiapx_testing.clips import Clips
from fiapx_testing.frame_counter import read_counter
from processing_service.entities.job import JobKey
from processing_service.repositories.archive_store import S3Archives
from processing_service.repositories.unit_of_work import PostgresUnitsOfWork
from processing_service.services.stored_images import StoredImages
from processing_service.settings import DecoderSettings

Platform = Any  # conftest's
Media = Any  # questions'
OPTIONS = '{"sampling":{"rule":"fps","fps":5}}'

OpenGate = Callable[[], None]
Begin = Callable[[], AbstractAsyncContextManager[Media]]


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """Until it exists, no more than the first segment is extracted."""
    return tmp_path / "gate"


@pytest.fixture
def open_gate(gate: Path) -> OpenGate:
    return gate.touch


@pytest.fixture
def half_done(platform: Platform, clips: Clips, media_of: Any, program: Callable[[str], str], gate: Path) -> Begin:
    """A video of ten frames in three segments, of which the first is finished."""
    wait = f"mkdir {gate}-first 2>/dev/null || until [ -e {gate} ]; do sleep 0.05; done"
    decoder = DecoderSettings(
        ffmpeg=program(f'case "$*" in *scratch*image2pipe*) {wait};; esac; exec ffmpeg "$@"'), segment_frames=4
    )

    @asynccontextmanager
    async def begin() -> AsyncIterator[Media]:
        async with platform.running(decoder=decoder) as started:
            video = await platform.upload_service.upload(clips.counter(frames=60, fps=30).path, OPTIONS)

            async def first_is_finished() -> bool:
                told = platform.upload_service.heard(VideoProgressed, video.video_id)
                return any(event.frames_ready for event in told)

            await platform.until(first_is_finished)
            async with media_of(platform, started, video) as media:
                yield media

    return begin


async def test_frames_of_finished_segments_are_listed_and_read_before_the_rest_is_made(
    platform: Platform, half_done: Begin, open_gate: OpenGate
) -> None:
    async with half_done() as media:
        early = (await media.frames()).frames
        images = [await media.frame(index) for index in range(1, 5)]
        small = await media.frame(4, width=160)
        open_gate()
        outcome = await platform.upload_service.completed(media.outcome)
        late = (await media.frames()).frames
    archive = await platform.archive(outcome)
    assert [row.index for row in early] == [1, 2, 3, 4]
    assert list(late[:4]) == list(early)
    assert [row.index for row in late] == list(range(1, 11))
    assert [image.data for image in images] == [archive.read(row.name) for row in early]
    assert [read_counter(image.data) for image in images] == [0, 6, 12, 18]
    assert small.header.content_type == "image/jpeg"


async def test_it_is_told_how_many_can_be_read_already(platform: Platform, half_done: Begin) -> None:
    async with half_done() as media:
        last = platform.upload_service.heard(VideoProgressed, media.outcome.video_id)[-1]
    assert (last.frames_done, last.frames_ready) == (4, 4)
    assert 0 < last.progress < 1


async def test_a_planned_frame_is_not_ready_and_one_beyond_the_plan_not_found(half_done: Begin) -> None:
    async with half_done() as media:
        for index in (5, 10):
            with pytest.raises(Conflict, match="not made yet") as caught:
                await media.frame(index)
            assert caught.value.code == "not_ready"
        for index in (-1, 0, 11, 2**31, 2**62):
            with pytest.raises(NotFound, match=f"no frame {index}"):
                await media.frame(index)


async def test_a_frame_that_its_finished_segment_lost_is_not_found(platform: Platform, half_done: Begin) -> None:
    async with half_done() as media:
        await platform.change("DELETE FROM frames WHERE index = 2")
        with pytest.raises(NotFound, match="no frame 2"):
            await media.frame(2)
        assert [row.index for row in (await media.frames()).frames] == [1, 3, 4]


async def test_the_archive_and_its_index_wait_for_the_end(half_done: Begin) -> None:
    async with half_done() as media:
        with pytest.raises(NotFound, match="has no result"):
            await media.manifest()
        with pytest.raises(NotFound, match="has no result"):
            await media.excerpt((1, 2))


async def test_a_read_that_finds_its_part_gone_goes_on_in_the_archive(
    platform: Platform, half_done: Begin, open_gate: OpenGate
) -> None:
    images = stored_images(platform)
    async with half_done() as media:
        found = await images.find(JobKey(media.outcome.video_id, 1), 3)
        open_gate()
        outcome = await platform.upload_service.completed(media.outcome)
        await platform.until_swept(media.outcome.video_id)
        assert platform.objects("parts/") == set()
        async with aclosing(images.read(found)) as chunks:
            data = b"".join([chunk async for chunk in chunks])
    assert found.is_early
    assert data == (await platform.archive(outcome)).read(found.row.name)


async def test_a_part_that_is_gone_without_an_archive_is_no_empty_image(platform: Platform, half_done: Begin) -> None:
    images = stored_images(platform)
    async with half_done() as media:
        found = await images.find(JobKey(media.outcome.video_id, 1), 3)
        await platform.store.delete([found.part_key])
        with pytest.raises(NotFound):
            await media.frame(3)


async def test_nothing_of_a_cancelled_attempt_is_read_any_more(platform: Platform, half_done: Begin) -> None:
    async with half_done() as media:
        video = media.outcome
        await platform.tell(VideoCancelled(video_id=video.video_id, user_id=video.user_id, attempt=1))
        with pytest.raises(NotFound, match="has no result"):
            await media.frame(1)
        with pytest.raises(NotFound, match="has no result"):
            await media.frames()


async def test_a_newer_attempt_shows_none_of_the_frames_of_the_one_before(
    platform: Platform, half_done: Begin, open_gate: OpenGate
) -> None:
    async with half_done() as media:
        await platform.upload_service.publish(media.outcome.model_copy(update={"attempt": 2}), uuid4())
        await platform.until_state(media.outcome.video_id, "running", attempt=2)
        assert list((await media.frames(attempt=2)).frames) == []
        with pytest.raises(Conflict, match="not made yet"):
            await media.frame(1, attempt=2)
        with pytest.raises(NotFound, match="has no result"):
            await media.frame(1)
        open_gate()
        await platform.until_state(media.outcome.video_id, "completed", attempt=2)
        assert len((await media.frames(attempt=2)).frames) == 10


def stored_images(platform: Platform) -> StoredImages:
    """Without the service's door: what it finds can be kept for later."""
    relay = OutboxRelay(platform.engine, platform.upload_service.publisher)
    return StoredImages(PostgresUnitsOfWork(platform.engine, relay), S3Archives(platform.store))
