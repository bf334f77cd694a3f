"""Who may do what with a video: every call of the document about one, asked for by those who may not."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

pytestmark = pytest.mark.asyncio(loop_scope="session")

FILM: Final = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 8
NOT_THERE: Final = {(404, "video_not_found"), (404, "share_not_found")}
BODIES: Final = {"reprocess": {"options": None}, "parts": {"part_numbers": [1]}}
"""Of calls that need one, so that nothing else is wrong with them."""


@dataclass(frozen=True)
class Call:
    """A call about a video, ready to be made."""

    method: str
    path: str

    async def by(self, client: httpx.AsyncClient) -> tuple[int, str]:
        """What it is answered with."""
        body = BODIES.get(self.path.rsplit("/", 1)[-1]) if self.method == "post" else None
        answer = await client.request(self.method.upper(), self.path.removeprefix("/api/v1"), json=body)
        return answer.status_code, answer.json()["code"]


@dataclass(frozen=True)
class Shared:
    """A video of a user, whom nobody but these tests asks for, and a link to it."""

    owner: Any
    video_id: str
    share_id: str
    token: str


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shared(door: Any) -> AsyncIterator[Shared]:
    owner = await door.new_user()
    video = (await owner.upload(FILM)).raise_for_status().json()
    share = (await owner.http.post(f"/videos/{video['id']}/shares")).raise_for_status().json()
    yield Shared(owner, video["id"], share["id"], share["token"])
    await owner.http.aclose()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def calls(door: Any, shared: Shared) -> list[Call]:
    """All that the document tells about one video."""
    async with door.client(root="") as client:
        document = (await client.get("/api/openapi.json")).raise_for_status().json()
    ids = {"video_id": shared.video_id, "upload_id": shared.video_id, "share_id": shared.share_id}
    found = [
        Call(method, re.sub(r"{(\w+)}", lambda name: ids.get(name[1], "1"), path))
        for path, methods in document["paths"].items()
        if "{video_id}" in path or "{upload_id}" in path
        for method in methods
    ]
    assert len(found) > 20
    return found


async def answers(calls: list[Call], client: httpx.AsyncClient) -> dict[Call, tuple[int, str]]:
    return {call: await call.by(client) for call in calls}


async def test_for_another_user_nothing_of_a_video_is_there(calls: list[Call], other_user: Any) -> None:
    answered = await answers(calls, other_user.http)
    assert {call: answer for call, answer in answered.items() if answer not in NOT_THERE} == {}


async def test_without_a_login_no_call_is_answered(calls: list[Call], door: Any) -> None:
    async with door.client() as nobody:
        assert set((await answers(calls, nobody)).values()) == {(401, "missing_token")}


async def test_a_link_is_no_login(calls: list[Call], door: Any, shared: Shared) -> None:
    async with door.client(shared.token) as stranger:
        assert set((await answers(calls, stranger)).values()) == {(401, "invalid_token")}


@pytest.mark.parametrize("scope", ["videos:read", "videos:write"])
async def test_a_key_without_the_scope_does_nothing(calls: list[Call], door: Any, shared: Shared, scope: str) -> None:
    key = (await shared.owner.http.post("/api-keys", json={"name": "ci", "scopes": [scope]})).json()
    beyond = [call for call in calls if (call.method == "get") is (scope == "videos:write")]
    async with door.client(key["key"]) as program:
        assert set((await answers(beyond, program)).values()) == {(403, "missing_scope")}


async def test_of_a_deleted_video_nothing_is_there_for_its_owner(calls: list[Call], door: Any) -> None:
    owner = await door.new_user()
    async with owner.http:
        video_id = (await owner.upload(FILM)).json()["id"]
        assert (await owner.http.delete(f"/videos/{video_id}")).status_code == 204
        own = [Call(call.method, re.sub(r"/[0-9a-f-]{36}", f"/{video_id}", call.path, count=1)) for call in calls]
        answered = await answers(own, owner.http)
    assert {call: answer for call, answer in answered.items() if answer not in NOT_THERE} == {}
