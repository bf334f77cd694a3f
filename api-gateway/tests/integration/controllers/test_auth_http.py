"""Accounts and sessions over HTTP."""

from typing import Any
from uuid import uuid4

import pytest
from dirty_equals import IsPositiveInt, IsStr, IsUUID

pytestmark = pytest.mark.asyncio(loop_scope="session")
PASSWORD = "correct horse battery staple"


@pytest.fixture
def new() -> dict[str, str]:
    """Somebody who has no account yet."""
    return {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}


async def test_a_user_registers_and_is_told_without_the_password(door: Any, new: dict[str, str]) -> None:
    async with door.client() as client:
        answer = await client.post("/auth/register", json=new | {"name": "Ana", "locale": "pt-BR"})
    assert answer.status_code == 201
    assert answer.json() == {
        "id": IsUUID,
        "email": new["email"],
        "name": "Ana",
        "locale": "pt-BR",
        "email_verified": False,
        "created_at": IsStr(regex=r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    }


async def test_an_address_that_is_taken_is_a_conflict(door: Any, new: dict[str, str]) -> None:
    async with door.client() as client:
        await client.post("/auth/register", json=new)
        answer = await client.post("/auth/register", json=new)
    assert (answer.status_code, answer.json()["code"]) == (409, "email_taken")


async def test_a_login_gives_tokens(user: Any) -> None:
    assert user.tokens == {
        "access_token": IsStr,
        "token_type": "bearer",
        "expires_in": IsPositiveInt,
        "refresh_token": IsStr,
    }


@pytest.mark.parametrize("wrong", [{"password": "wrong horse battery"}, {"email": "nobody@example.com"}])
async def test_a_wrong_pair_is_refused_without_telling_what_is_wrong(
    door: Any, new: dict[str, str], wrong: dict[str, str]
) -> None:
    async with door.client() as client:
        await client.post("/auth/register", json=new)
        answer = await client.post("/auth/login", json=new | wrong)
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


async def test_a_refresh_gives_tokens_that_work(door: Any, user: Any) -> None:
    async with door.client() as client:
        answer = await client.post("/auth/refresh", json={"refresh_token": user.tokens["refresh_token"]})
        assert answer.status_code == 200
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        assert (await client.get("/me", headers=bearer)).json()["email"] == user.email


async def test_a_logout_by_refresh_token_ends_the_session(door: Any, user: Any) -> None:
    body = {"refresh_token": user.tokens["refresh_token"]}
    async with door.client() as client:
        assert (await client.post("/auth/logout", json=body)).status_code == 204
        answer = await client.post("/auth/refresh", json=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_a_logout_by_access_token_ends_the_session(user: Any) -> None:
    assert (await user.http.post("/auth/logout")).status_code == 204
    answer = await user.http.post("/auth/refresh", json={"refresh_token": user.tokens["refresh_token"]})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


async def test_a_logout_without_any_token_is_refused(door: Any) -> None:
    async with door.client() as client:
        answer = await client.post("/auth/logout")
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_token")


@pytest.mark.parametrize(
    "body", [{"email": "not an address", "password": "x" * 20}, {"email": "ana@example.com", "password": "short"}]
)
async def test_an_account_that_auth_service_refuses_is_told_with_its_field(door: Any, body: dict[str, str]) -> None:
    async with door.client() as client:
        answer = await client.post("/auth/register", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in {"email", "password"}


@pytest.mark.parametrize("field", ["email", "password", "name", "locale"])
@pytest.mark.parametrize("text", ['"\\u0000"', '"\\ud800"', "1", '["x"]', '"' + "x" * 2000 + '"'])
async def test_a_field_that_cannot_be_carried_on_is_refused(lonely: Any, field: str, text: str) -> None:
    given = {"email": '"a@example.com"', "password": '"x"', field: text}
    body = "{" + ",".join(f'"{name}":{value}' for name, value in given.items()) + "}"
    async with lonely.client() as client:
        answer = await client.post("/auth/register", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_profile_is_changed_only_in_what_is_given(user: Any) -> None:
    before = (await user.http.get("/me")).json()
    answer = await user.http.patch("/me", json={"name": "Bia"})
    assert answer.status_code == 200
    assert answer.json() == before | {"name": "Bia"}
    assert (await user.http.get("/me")).json() == answer.json()


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("/auth/verify-email", {"token": "nobody-was-given-this"}),
        ("/auth/reset-password", {"token": "nobody-was-given-this", "password": PASSWORD}),
    ],
)
async def test_a_link_that_was_never_mailed_opens_nothing(door: Any, call: str, body: dict[str, str]) -> None:
    async with door.client() as client:
        answer = await client.post(call, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_token")


async def test_asking_for_a_new_password_never_tells_who_has_an_account(door: Any, user: Any) -> None:
    async with door.client() as client:
        answers = [
            await client.post("/auth/forgot-password", json={"email": email})
            for email in (user.email, f"{uuid4().hex}@example.com")
        ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
