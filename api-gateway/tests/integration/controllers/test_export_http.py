"""All that is kept of a user, as one download."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from dirty_equals import IsPartialDict, IsStr
from fiapx_common.postgres import create_engine, transaction
from fiapx_models.statuses import VideoStatus
from fiapx_testing.proxies import tcp_proxy
from fiapx_testing.waiting import PATIENCE_S
from upload_service.entities.video import Video
from upload_service.repositories.videos import PostgresVideos

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "correct horse battery staple"
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
PATH = "/me/export"
LARGE = 200_000


async def exported(user: Any, *, mails: int = 0) -> dict[str, Any]:
    """The user's export, once so many mails are in it."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            export: dict[str, Any] = (await user.http.get(PATH)).raise_for_status().json()
            if len(export["mails"]) >= mails:
                return export
            await asyncio.sleep(0.1)


async def user_id(user: Any) -> UUID:
    return UUID((await user.http.get("/me")).json()["id"])


@pytest.fixture
def fill(upload_settings: Any) -> Callable[..., Any]:
    """Gives a user videos that nobody works on."""

    async def add(owner: UUID, count: int, characters: int = 0) -> None:
        options = json.dumps({"sampling": {"rule": "keyframes"}, "name_template": "x" * characters})
        now = datetime.now(UTC)
        engine = create_engine(upload_settings.postgres, "tests")
        async with transaction(engine) as connection:
            for number in range(count):
                name = f"{number:04}.mp4"
                await PostgresVideos(connection).add(
                    Video(uuid4(), owner, name, 1, options, now, now, VideoStatus.CANCELLED)
                )
            await connection.commit()
        await engine.dispose()

    return add


async def test_an_export_tells_the_account_its_sessions_videos_and_mails(door: Any, user: Any, clip: bytes) -> None:
    video = (await user.upload(clip, external_id="A-1", options='{"sampling": {"rule": "fps", "fps": 2}}')).json()
    async with asyncio.timeout(PATIENCE_S):
        while video["status"] != "completed":
            await asyncio.sleep(0.1)
            video = (await user.http.get(f"/videos/{video['id']}")).json()
    async with door.client() as client:
        who = {"email": user.email, "password": PASSWORD}
        phone = (await client.post("/auth/login", json=who, headers={"User-Agent": "a phone"})).json()
        await client.post("/auth/logout", json={"refresh_token": phone["refresh_token"]})
    key = (await user.http.post("/api-keys", json={"name": "ci", "scopes": ["videos:read"]})).json()
    export = await exported(user, mails=2)
    assert key.pop("key") not in json.dumps(export)
    assert export["api_keys"] == [key]
    assert list(export) == ["exported_at", "user", "api_keys", "sessions", "videos", "shares", "mails", "webhooks"]
    assert export["user"] == (await user.http.get("/me")).json()
    ended, current = export["sessions"]
    assert (ended["user_agent"], ended["ended_at"]) == ("a phone", IsStr)
    assert (current["client_address"], current["ended_at"]) == ("127.0.0.1", None)
    (told,) = export["videos"]
    history = told.pop("history")
    assert told == video | {"source_expires_at": IsStr}
    assert told["links"]["frames_zip"] == f"/api/v1/videos/{video['id']}/frames.zip"
    assert history[0]["fields"] == IsPartialDict(filename="clip.mp4", status="queued", attempts=1, external_id="A-1")
    assert history[-1]["fields"] == IsPartialDict(status="completed", frame_count=4)
    completed, welcome = export["mails"]
    assert (completed["kind"], completed["video_id"], completed["attempt"]) == ("video_completed", video["id"], 1)
    assert (welcome["kind"], welcome["video_id"], welcome["sent_at"]) == ("welcome", None, None)
    assert "token" not in json.dumps(export["mails"])


async def test_an_export_is_a_download_that_nobody_keeps(user: Any) -> None:
    answer = await user.http.get(PATH)
    day = answer.json()["exported_at"][:10]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="fiapx-export-{day}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    headers_only = await user.http.head(PATH)
    assert (headers_only.status_code, headers_only.content) == (200, b"")


async def test_nothing_of_anybody_else_is_in_it(user: Any, other_user: Any) -> None:
    mine = (await user.upload(MP4, filename="mine.mp4")).json()
    theirs = (await other_user.upload(MP4, filename="theirs.mp4")).json()
    export = await exported(user, mails=1)
    their_export = await exported(other_user, mails=1)
    assert [video["id"] for video in export["videos"]] == [mine["id"]]
    text = json.dumps(export)
    strange = {theirs["id"], their_export["user"]["id"], other_user.email, "theirs.mp4"}
    strange |= {one["id"] for one in their_export["sessions"]} | {one["message_id"] for one in their_export["mails"]}
    assert {word for word in strange if word in text} == set()


async def test_without_a_session_there_is_none(door: Any, user: Any) -> None:
    async with door.client() as client:
        assert (await client.get(PATH)).status_code == 401
    await user.http.request("DELETE", "/me", json={"password": PASSWORD})
    await asyncio.sleep(1)
    assert (await user.http.get(PATH)).status_code == 401


async def test_all_videos_are_in_it_however_many_pages_they_are(user: Any, fill: Any) -> None:
    await fill(await user_id(user), 120)
    export = await exported(user)
    assert sorted(video["filename"] for video in export["videos"]) == [f"{number:04}.mp4" for number in range(120)]
    assert {len(video["history"]) for video in export["videos"]} == {1}


async def test_an_export_takes_no_more_memory_for_being_large(user: Any, fill: Any) -> None:
    await fill(await user_id(user), 300, LARGE)
    assert (await user.http.head(PATH)).status_code == 200
    size, before_kb, ending = 0, forget_peak(), b""
    async with reading(user.http) as pieces:
        async for piece in pieces:
            size += len(piece)
            ending = (ending + piece)[-100:]
    assert size > 2 * 300 * LARGE
    assert ending.endswith(b"]}\n")
    assert peak_kb() - before_kb < 60 * 1024


def forget_peak() -> int:
    """From now on the peak counts anew; the present one in KiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_kb()


def peak_kb() -> int:
    _, _, rest = Path("/proc/self/status").read_text().partition("VmHWM:")
    return int(rest.split()[0])


@asynccontextmanager
async def reading(client: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[bytes]]:
    async with client.stream("GET", PATH) as answer:
        assert answer.status_code == 200
        yield answer.aiter_raw()


async def test_an_export_that_cannot_be_read_to_its_end_is_cut_and_not_closed(
    open_door: Any, whole: Any, user: Any, fill: Any
) -> None:
    await fill(await user_id(user), 300, LARGE)
    host, port = whole.upload_target.removeprefix("ipv4:").split(":")
    async with tcp_proxy(host, int(port)) as proxy:
        impatient = {"upload_target": f"ipv4:{proxy.address}", "rpc_timeout_s": 2.0}
        door = await open_door(whole.model_copy(update=impatient))
        received = bytearray()

        async def read() -> None:
            async with door.client(user.tokens["access_token"]) as client, reading(client) as pieces:
                async for piece in pieces:
                    proxy.cut()
                    received.extend(piece)

        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            await read()
    assert received.startswith(b'{"exported_at":')
    with pytest.raises(json.JSONDecodeError):
        json.loads(received)
