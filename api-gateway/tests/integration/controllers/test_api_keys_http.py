"""Keys for programs: what they are made of, what they may do, and when they end."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from dirty_equals import IsStr
from fiapx_testing.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def make(user: Any, *scopes: str, **more: Any) -> dict[str, Any]:
    wish = {"name": "ci", "scopes": list(scopes or ("videos:read", "videos:write"))} | more
    made: dict[str, Any] = (await user.http.post("/api-keys", json=wish)).raise_for_status().json()
    return made


def by_key(door: Any, key: dict[str, Any]) -> httpx.AsyncClient:
    client: httpx.AsyncClient = door.client(key["key"])
    return client


async def test_a_key_is_shown_once(user: Any) -> None:
    answer = await user.http.post("/api-keys", json={"name": "ci", "scopes": ["videos:read"]})

    assert answer.status_code == 201
    made = answer.json()
    assert made["key"] == IsStr(regex=r"fx_[\w-]{43}")
    listed = (await user.http.get("/api-keys")).json()
    assert made["key"] not in str(listed)
    assert [one["id"] for one in listed["items"]].count(made["id"]) == 1
    assert made["key"].startswith(made["beginning"])


async def test_a_program_sees_its_owners_videos_by_a_key(door: Any, user: Any) -> None:
    async with by_key(door, await make(user, "videos:read")) as program:
        assert (await program.get("/videos")).status_code == 200


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("videos:read", "POST", "/videos/00000000-0000-4000-8000-000000000000/cancel"),
        ("videos:read", "DELETE", "/videos/00000000-0000-4000-8000-000000000000"),
        ("videos:read", "POST", "/uploads"),
        ("videos:write", "GET", "/videos"),
        ("videos:write", "GET", "/events"),
    ],
)
async def test_a_key_does_what_its_scopes_say_and_no_more(
    door: Any, user: Any, scope: str, method: str, path: str
) -> None:
    async with by_key(door, await make(user, scope)) as program:
        answer = await program.request(method, path, json={} if method == "POST" else None)

    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/me"), ("DELETE", "/me"), ("GET", "/me/export"), ("GET", "/me/sessions"), ("GET", "/api-keys")],
)
async def test_no_key_is_for_the_account_itself(door: Any, user: Any, method: str, path: str) -> None:
    async with by_key(door, await make(user)) as program:
        answer = await program.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_by_api_key")


async def test_no_key_makes_another(door: Any, user: Any) -> None:
    async with by_key(door, await make(user)) as program:
        answer = await program.post("/api-keys", json={"name": "more", "scopes": ["videos:read"]})

    assert answer.json()["code"] == "not_by_api_key"


async def test_a_revoked_key_is_refused_a_moment_later(door: Any, user: Any) -> None:
    key = await make(user)
    async with by_key(door, key) as program:
        assert (await program.get("/videos")).status_code == 200
        assert (await user.http.delete(f"/api-keys/{key['id']}")).status_code == 204

        async def is_refused() -> bool:
            answer = await program.get("/videos")
            return answer.status_code == 401 and answer.json()["code"] == "invalid_api_key"

        await until(is_refused)


async def test_a_key_that_nobody_has_is_refused(door: Any) -> None:
    async with by_key(door, {"key": "fx_of_nobody"}) as program:
        answer = await program.get("/videos")

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_api_key")


async def test_somebody_elses_key_is_not_there_and_goes_on(door: Any, user: Any, other_user: Any) -> None:
    key = await make(other_user)

    for unknown in (key["id"], uuid4()):
        answer = await user.http.delete(f"/api-keys/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "api_key_not_found")
    assert key["id"] not in str((await user.http.get("/api-keys")).json())
    async with by_key(door, key) as program:
        assert (await program.get("/videos")).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": ["admin"]}, "scopes.0"),
        ({"scopes": []}, "scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2031-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-01:00"}, "expires_at"),
        ({"admin": True}, "admin"),
    ],
)
async def test_a_key_that_there_cannot_be_names_its_field(user: Any, wrong: dict[str, Any], field: str) -> None:
    wish = {"name": "ci", "scopes": ["videos:read"]} | wrong

    answer = await user.http.post("/api-keys", json=wish)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
