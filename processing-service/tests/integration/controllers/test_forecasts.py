"""The queue and the platform's state, through the gRPC door."""

from typing import Any
from uuid import uuid4

import pytest
from fiapx_common.errors import Invalid
from fiapx_testing.clips import Clips

Media = Any  # conftest's
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_status_tells_who_works_and_what_waits(media: Media, clips: Clips) -> None:
    idle = await media.status()
    assert (idle.workers_alive, idle.videos_waiting, idle.videos_running, idle.segments_waiting) == (1, 0, 0, 0)
    video = await media.platform.insert_job(clips.counter(frames=60, fps=30).path)

    async def told() -> bool:
        status = await media.status()
        return bool(status.videos_waiting == 1 and status.oldest_wait_s > 0)

    await media.platform.until(told)
    await media.platform.change("DELETE FROM jobs WHERE video_id = :id", id=video.video_id)


async def test_a_waiting_video_has_a_position_and_an_end_by_what_was_measured(media: Media, clips: Clips) -> None:
    videos = [await media.platform.insert_job(clips.counter(frames=60, fps=30).path) for _ in range(2)]
    ids = [video.video_id for video in videos]

    async def known() -> bool:
        return len(await media.places(*ids)) == len(ids)

    await media.platform.until(known)
    places = await media.places(*ids, media.outcome.video_id, uuid4())
    assert [places[str(video_id)].position for video_id in ids] == [1, 2]
    assert 1 <= places[str(ids[0])].eta_s < places[str(ids[1])].eta_s
    assert len(places) == 2
    await media.platform.change("DELETE FROM jobs WHERE video_id = ANY(:ids)", ids=ids)


async def test_too_many_videos_at_once_are_refused(media: Media) -> None:
    with pytest.raises(Invalid) as caught:
        await media.places(*(uuid4() for _ in range(201)))
    assert [field.field for field in caught.value.fields] == ["video_ids"]
