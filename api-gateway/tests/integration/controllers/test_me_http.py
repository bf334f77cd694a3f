"""Where a user is logged in."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from dirty_equals import IsStr

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "correct horse battery staple"


async def log_in_again(door: Any, user: Any) -> dict[str, Any]:
    """The same user's second place; its tokens."""
    who = {"email": user.email, "password": PASSWORD}
    async with door.client() as client:
        answer = await client.post("/auth/login", json=who, headers={"User-Agent": "a phone"})
        tokens: dict[str, Any] = answer.raise_for_status().json()
    return tokens


async def is_out(door: Any, tokens: dict[str, Any]) -> bool:
    async with door.client() as client:
        answer = await client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    return bool(answer.status_code == 401)


async def test_sessions_tell_where_they_are_used_and_which_is_this_one(door: Any, user: Any) -> None:
    await log_in_again(door, user)
    answer = (await user.http.get("/me/sessions")).json()
    assert answer["next_cursor"] is None
    assert {one["current"]: one["user_agent"] for one in answer["items"]} == {
        False: "a phone",
        True: IsStr(regex="python-httpx.*"),
    }
    assert {one["client_address"] for one in answer["items"]} == {"127.0.0.1"}


async def test_one_session_is_ended_and_the_others_go_on(door: Any, user: Any) -> None:
    phone = await log_in_again(door, user)
    sessions = (await user.http.get("/me/sessions")).json()["items"]
    [lost] = [one["id"] for one in sessions if not one["current"]]
    assert (await user.http.delete(f"/me/sessions/{lost}")).status_code == 204
    assert await is_out(door, phone)
    assert not await is_out(door, user.tokens)


async def test_all_other_sessions_are_ended_at_once(door: Any, user: Any) -> None:
    others = [await log_in_again(door, user) for _ in range(2)]
    assert (await user.http.delete("/me/sessions")).status_code == 204
    assert [await is_out(door, tokens) for tokens in others] == [True, True]
    assert not await is_out(door, user.tokens)


async def test_a_session_of_somebody_else_is_not_there_and_goes_on(user: Any, other_user: Any) -> None:
    [theirs] = (await other_user.http.get("/me/sessions")).json()["items"]
    for unknown in (theirs["id"], uuid4()):
        answer = await user.http.delete(f"/me/sessions/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "session_not_found")
    assert (await other_user.http.get("/me")).status_code == 200


async def test_the_mail_that_verifies_an_address_is_asked_for_again(user: Any) -> None:
    assert (await user.http.post("/me/verification")).status_code == 202


async def test_a_profile_is_changed_from_the_version_that_was_seen(user: Any) -> None:
    seen = await user.http.get("/me")
    changed = await user.http.patch("/me", json={"name": "Eva"}, headers={"If-Match": seen.headers["ETag"]})
    assert (changed.status_code, changed.json()["name"]) == (200, "Eva")
    assert (await user.http.get("/me")).headers["ETag"] == changed.headers["ETag"] != seen.headers["ETag"]


async def test_an_older_version_is_not_changed(user: Any) -> None:
    seen = (await user.http.get("/me")).headers["ETag"]
    await user.http.patch("/me", json={"name": "Eva"})
    for tag in (seen, f"W/{seen}", '"of-others"'):
        answer = await user.http.patch("/me", json={"name": "Ana"}, headers={"If-Match": tag})
        assert (answer.status_code, answer.json()["code"]) == (412, "changed_meanwhile")
    assert (await user.http.get("/me")).json()["name"] == "Eva"


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
async def test_without_a_condition_any_version_is_changed(user: Any, headers: dict[str, str]) -> None:
    await user.http.patch("/me", json={"name": "Eva"})
    answer = await user.http.patch("/me", json={"name": "Ana"}, headers=headers)
    assert (answer.status_code, answer.json()["name"]) == (200, "Ana")


async def test_a_condition_that_is_none_is_refused_by_its_name(user: Any) -> None:
    answer = await user.http.patch("/me", json={"name": "Eva"}, headers={"If-Match": "64a1f"})
    assert (answer.status_code, [wrong["field"] for wrong in answer.json()["errors"]]) == (422, ["If-Match"])


async def erase(user: Any, password: str = PASSWORD) -> httpx.Response:
    answer = await user.http.request("DELETE", "/me", json={"password": password})
    assert isinstance(answer, httpx.Response)
    return answer


async def test_an_erased_account_is_logged_out_everywhere_within_a_second(door: Any, user: Any) -> None:
    phone = await log_in_again(door, user)
    async with door.client() as client:
        client.headers["Authorization"] = f"Bearer {phone['access_token']}"
        assert (await client.get("/me")).status_code == 200
        answer = await erase(user)
        await asyncio.sleep(1)
        elsewhere = await client.get("/videos")
    assert (answer.status_code, answer.content) == (204, b"")
    assert {line.partition("=")[0] for line in answer.headers.get_list("set-cookie")} >= {"fx_access"}
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (401, "session_ended")
    assert (await user.http.get("/me")).status_code == 401
    assert await is_out(door, phone)
    assert await is_out(door, user.tokens)
    async with door.client() as client:
        login = await client.post("/auth/login", json={"email": user.email, "password": PASSWORD})
    assert (login.status_code, login.json()["code"]) == (401, "wrong_credentials")


async def test_with_a_wrong_password_nothing_is_erased(user: Any) -> None:
    answer = await erase(user, "wrong")
    assert (answer.status_code, answer.json()["code"]) == (403, "wrong_password")
    assert (await user.http.get("/me")).status_code == 200


async def test_without_a_password_nothing_is_erased(user: Any) -> None:
    answer = await user.http.delete("/me")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert (await user.http.get("/me")).status_code == 200
