"""`/events` over HTTP: changes of real videos, as an EventSource sees them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import upload_service.bootstrap
from api_gateway.bootstrap import running
from api_gateway.entities.callers import Caller
from api_gateway.entities.errors import TooManyStreams
from api_gateway.repositories.auth_client import GrpcAccounts
from api_gateway.repositories.changes_client import GrpcChanges
from api_gateway.repositories.credential_checks import CredentialChecks
from api_gateway.repositories.keys_client import GrpcKeyRing
from api_gateway.repositories.queue_client import GrpcQueue
from api_gateway.services.following import Following
from api_gateway.services.waiting import Waiting
from fiapx_common.errors import Unavailable
from fiapx_common.grpc.client import open_channel
from fiapx_testing.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
TERMINAL = {"completed", "failed", "cancelled"}


async def parsed(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    """Events as an EventSource dispatches them: comments and empty ones are left out."""
    event: dict[str, Any] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if name == "data":
            event["data"] = json.loads(value)
        elif name in {"id", "event"}:
            event[name] = value
        elif not line:
            if "data" in event:
                yield event
            event = {}


@pytest.fixture
def follow(user: Any) -> Any:
    """Opens a stream as the user; gives its events."""

    @asynccontextmanager
    async def stream(path: str = "/events", last_id: str | None = None) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        headers = {"Last-Event-ID": last_id} if last_id is not None else {}
        async with asyncio.timeout(PATIENCE_S), user.http.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200
            yield parsed(answer.aiter_lines())

    return stream


async def until_ended(events: AsyncIterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events up to a video's end."""
    told = []
    async for event in events:
        told.append(event)
        if event["data"].get("status") in TERMINAL:
            break
    return told


async def test_a_video_is_told_from_its_upload_to_its_end_as_the_api_tells_it(user: Any, follow: Any) -> None:
    async with follow() as events:
        video = (await user.upload(MP4)).json()
        told = await until_ended(events)
    assert {event["event"] for event in told} == {"video"}
    assert {event["data"]["id"] for event in told} == {video["id"]}
    ids = [int(event["id"]) for event in told]
    assert ids == sorted(set(ids))
    assert told[-1]["data"] == (await user.http.get(f"/videos/{video['id']}")).json()


async def test_what_came_after_the_last_event_seen_comes_first(user: Any, follow: Any) -> None:
    async with follow() as events:
        await user.upload(MP4)
        told = await until_ended(events)
    async with follow(last_id="0") as events:
        replayed = await until_ended(events)
    assert replayed[-1] == told[-1]


async def test_an_id_that_is_not_ours_is_ignored(user: Any, follow: Any) -> None:
    async with follow(last_id="x") as events:
        video = (await user.upload(MP4)).json()
        assert (await anext(events))["data"]["id"] == video["id"]


async def test_a_deleted_video_is_told_by_its_id(user: Any, follow: Any) -> None:
    video = (await user.upload(MP4)).json()
    async with follow() as events:
        assert (await user.http.delete(f"/videos/{video['id']}")).status_code == 204
        deleted = [event async for event in _until_deleted(events)][-1]
    assert deleted == {"id": deleted["id"], "event": "deleted", "data": {"id": video["id"]}}


async def _until_deleted(events: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    async for event in events:
        yield event
        if event["event"] == "deleted":
            return


async def test_a_single_videos_stream_closes_after_its_end_and_then_says_not_to_come_again(
    user: Any, follow: Any
) -> None:
    video = (await user.upload(MP4)).json()
    async with follow(f"/videos/{video['id']}/events") as events:
        told = [event async for event in events]
    assert told[-1]["data"]["status"] in TERMINAL
    seen = {"Last-Event-ID": told[-1]["id"]}
    again = await user.http.get(f"/videos/{video['id']}/events", headers=seen)
    assert again.status_code == 204


async def test_a_user_has_so_many_streams_and_a_left_one_makes_room(whole: Any, open_door: Any) -> None:
    one = whole.events.model_copy(update={"streams_per_user": 1})
    door = await open_door(whole.model_copy(update={"events": one}))
    somebody = await door.new_user()
    async with somebody.http, asyncio.timeout(PATIENCE_S):
        async with somebody.http.stream("GET", "/events"):
            refused = await somebody.http.get("/events")
            assert (refused.status_code, refused.json()["code"]) == (429, TooManyStreams(1).code)
            assert int(refused.headers["Retry-After"]) >= 1
        status = 429
        while status == 429:
            async with somebody.http.stream("GET", "/events") as answer:
                status = answer.status_code
    assert status == 200


async def test_a_program_follows_videos_by_a_key_until_a_streams_longest_time_is_over(
    whole: Any, open_door: Any, user: Any
) -> None:
    door = await open_door(whole.model_copy(update={"events": whole.events.model_copy(update={"lasts_s": 3})}))
    key = (await user.http.post("/api-keys", json={"name": "ci", "scopes": ["videos:read"]})).json()["key"]
    async with door.client(key) as program, asyncio.timeout(PATIENCE_S), program.stream("GET", "/events") as answer:
        assert answer.status_code == 200
        video = (await user.upload(MP4)).json()
        told = [event async for event in parsed(answer.aiter_lines())]
    assert {event["data"]["id"] for event in told} == {video["id"]}


async def test_a_stream_ends_properly_when_its_gateway_stops(whole: Any, user: Any) -> None:
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(running(whole))
        url = f"http://{gateway.http}/api/v1/events"
        async with asyncio.timeout(PATIENCE_S), user.http.stream("GET", url) as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == ": open"
            stopping = asyncio.create_task(stack.aclose())
            rest = [line async for line in lines]
            await stopping
    assert not any(line.startswith("data") for line in rest)


async def test_a_stream_ends_properly_when_upload_service_stops(whole: Any, open_door: Any, backends: Any) -> None:
    async with AsyncExitStack() as stack:
        upload = await stack.enter_async_context(upload_service.bootstrap.running(await backends.upload_settings()))
        door = await open_door(whole.model_copy(update={"upload_target": f"ipv4:{upload.grpc}"}))
        somebody = await door.new_user()
        async with somebody.http, asyncio.timeout(PATIENCE_S), somebody.http.stream("GET", "/events") as answer:
            lines = answer.aiter_lines()
            assert await anext(lines) == ": open"
            stopping = asyncio.create_task(stack.aclose())
            rest = [line async for line in lines]
            await stopping
    assert not any(line.startswith("data") for line in rest)


async def test_a_stream_ends_properly_when_its_session_is_ended_elsewhere(user: Any, follow: Any, door: Any) -> None:
    async with follow() as events, door.client() as elsewhere:
        body = {"refresh_token": user.tokens["refresh_token"]}
        assert (await elsewhere.post("/auth/logout", json=body)).status_code == 204
        assert [event async for event in events] == []
    assert (await user.http.get("/events")).json()["code"] == "session_ended"


async def test_a_stream_ends_with_the_access_token(whole: Any, user: Any) -> None:
    soon = Caller(UUID(int=1), UUID(int=2), datetime.now(UTC) + timedelta(seconds=0.5))
    async with open_channel(whole.upload_target, timeout_s=PATIENCE_S) as channel, asyncio.timeout(PATIENCE_S):
        following = Following(
            GrpcChanges(channel),
            Waiting(GrpcQueue(channel, 1, 1)),
            CredentialChecks(GrpcAccounts(channel).is_session_alive, GrpcKeyRing(channel).caller_by, 1),
            streams_per_user=10,
            first_s=PATIENCE_S,
            check_s=1,
            lasts_s=PATIENCE_S,
        )
        with pytest.raises(Unavailable):
            _ = [change async for change in following.follow(soon, None, None)]
    assert datetime.now(UTC) >= soon.expires_at
