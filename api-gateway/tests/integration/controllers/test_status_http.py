"""`/status`, and what a video that has not ended says of its end: as the real queue stands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import processing_service.bootstrap
import pytest
import pytest_asyncio
import upload_service.bootstrap
from api_gateway.bootstrap import running
from fiapx_testing.brokers import fresh_broker
from fiapx_testing.clips import Clips
from fiapx_testing.servers import Servers
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
NUMBERS = ("workers_alive", "videos_waiting", "videos_running", "segments_waiting", "segments_running", "oldest_wait_s")


@pytest_asyncio.fixture(loop_scope="session")
async def crowded(
    servers: Servers, backends: Any, whole: Any, tmp_path_factory: pytest.TempPathFactory, user: Any
) -> AsyncIterator[Any]:
    """The user at a platform whose planner reaches no source: whatever is uploaded there waits."""
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(fresh_broker(servers.rabbitmq, servers.rabbitmq_management))
        own = replace(backends, broker=broker)
        upload = await stack.enter_async_context(upload_service.bootstrap.running(await own.upload_settings()))
        planner = await own.processing_settings(tmp_path_factory.mktemp("scratch"))
        nowhere = planner.store.model_copy(update={"endpoint": "127.0.0.1:1"})
        processing = await stack.enter_async_context(
            processing_service.bootstrap.running(planner.model_copy(update={"store": nowhere}))
        )
        targets = {"upload_target": f"ipv4:{upload.grpc}", "processing_target": f"ipv4:{processing.grpc}"}
        gateway = await stack.enter_async_context(running(whole.model_copy(update=targets)))
        user.http.base_url = f"http://{gateway.http}/api/v1"
        yield user


async def test_the_platforms_workers_and_work_are_told(anyone: Any) -> None:
    answer = await anyone.http.get("/status")
    assert answer.status_code == 200
    assert tuple(answer.json()) == NUMBERS
    assert answer.json()["workers_alive"] == 1
    assert all(number >= 0 for number in answer.json().values())


async def test_waiting_videos_have_places_in_the_order_in_which_they_came(crowded: Any) -> None:
    first, second = [(await crowded.upload(MP4)).json()["id"] for _ in range(2)]
    places: list[int | None] = []
    async with asyncio.timeout(PATIENCE_S):
        while None in places or not places:
            videos = (await crowded.http.get("/videos")).json()["items"]
            places = [video["queue_position"] for video in videos]
    assert [video["id"] for video in videos] == [second, first]
    assert places == [2, 1]
    status = (await crowded.http.get("/status")).json()
    assert (status["videos_waiting"], status["videos_running"]) == (2, 0)
    assert status["oldest_wait_s"] > 0
    one = (await crowded.http.get(f"/videos/{second}")).json()
    assert (one["queue_position"], one["eta_s"]) == (2, None)


async def test_a_running_video_tells_when_it_will_end_once_one_has_been_measured(
    anyone: Any, video: dict[str, Any], clips: Clips
) -> None:
    assert (video["queue_position"], video["eta_s"]) == (None, None)
    clip = clips.counter(frames=400, fps=30, size=(640, 360)).path.read_bytes()
    one = (await anyone.upload(clip, options='{"sampling": {"rule": "fps", "fps": 30}}')).json()
    path = f"/videos/{one['id']}"
    async with asyncio.timeout(PATIENCE_S):
        while one["queue_position"] is not None or one["eta_s"] is None:
            assert one["status"] in {"queued", "processing"}
            one = (await anyone.http.get(path)).json()
    assert one["eta_s"] > 0
    await anyone.http.post(f"{path}/cancel")
    ended = (await anyone.http.get(path)).json()
    assert (ended["status"], ended["queue_position"], ended["eta_s"]) == ("cancelled", None, None)
