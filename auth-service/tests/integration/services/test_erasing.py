"""The end of an account, through the door."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from auth_service.settings import Settings, ThrottleSettings
from fiapx_common.errors import Denied, NotFound, Throttled, Unauthenticated
from fiapx_common.messaging import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Serve = Callable[[Settings], Any]
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]

TABLES = ("users", "sessions", "refresh_tokens", "link_tokens", "reset_requests")
PASSWORD = "correct horse battery"


def ids(session: Any) -> tuple[str, str]:
    claims = json.loads(base64.urlsafe_b64decode(session.access_token.split(".")[1] + "=="))
    return claims["sid"], claims["sub"]


async def counts(engine: AsyncEngine) -> dict[str, int]:
    async with engine.connect() as connection:
        return {table: int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in TABLES}


async def test_nothing_is_left_of_an_erased_user(
    client: Client, engine: AsyncEngine, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register("Ana@Example.com")
    sessions = [await client.login(user.email) for _ in range(2)]
    await client.refresh(sessions[0].refresh_token)
    async with engine.begin() as connection:  # as if nobody had answered it yet
        insert = "INSERT INTO reset_requests VALUES (gen_random_uuid(), 'ana@example.com', now() + interval '1 hour')"
        await connection.execute(text(insert))
    await client.erase(user.id)
    assert await counts(engine) == dict.fromkeys(TABLES, 0)
    await eventually(lambda: any(each.type == "user.deleted.v1" for each in heard))
    told = [each for each in heard if each.type != "user.password-reset-requested.v1"]
    assert [each.type for each in told] == ["user.registered.v1", "user.deleted.v1"]
    assert json.loads(told[-1].body) == {"user_id": user.id}


async def test_every_session_of_an_erased_user_has_ended(client: Client) -> None:
    user, stranger = await client.register(), await client.new_session()
    mine = [await client.login(user.email) for _ in range(2)]
    assert [await client.is_alive(*ids(each)) for each in mine] == [True, True]
    await client.erase(user.id)
    assert [await client.is_alive(*ids(each)) for each in (*mine, stranger)] == [False, False, True]
    for session in mine:
        with pytest.raises(Unauthenticated):
            await client.refresh(session.refresh_token)


async def test_an_erased_user_is_as_unknown_as_one_who_never_was(client: Client) -> None:
    user = await client.register()
    await client.erase(user.id)
    with pytest.raises(Unauthenticated, match="E-mail address or password is wrong"):
        await client.login(user.email)
    for call in (client.user(user.id), client.erase(user.id), client.update(user.id, name="Ana")):
        with pytest.raises(NotFound):
            await call


async def test_the_address_of_an_erased_user_is_free(client: Client) -> None:
    user = await client.register()
    await client.erase(user.id)
    again = await client.register(user.email)
    assert again.id != user.id
    assert (await client.login(user.email)).access_token


@pytest.mark.parametrize("password", ["", "correct horse", PASSWORD.upper(), "x" * 10_000])
async def test_with_a_wrong_password_nothing_is_erased(client: Client, password: str) -> None:
    user = await client.register()
    session = await client.login(user.email)
    with pytest.raises(Denied) as refused:
        await client.erase(user.id, password)
    assert refused.value.code == "wrong_password"
    assert await client.is_alive(*ids(session))
    assert await client.user(user.id) == user


async def test_guessing_is_slowed_down_as_at_a_login(serve: Serve, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(account_failures=3)})) as client:
        user = await client.register()
        for _ in range(3):
            with pytest.raises(Denied):
                await client.erase(user.id, "wrong")
        with pytest.raises(Throttled):
            await client.erase(user.id)
        assert await client.user(user.id) == user


async def test_logins_at_the_same_time_leave_no_session(client: Client, engine: AsyncEngine) -> None:
    user = await client.register()
    logins = [client.login(user.email) for _ in range(5)]
    await asyncio.gather(client.erase(user.id), *logins, return_exceptions=True)
    assert await counts(engine) == dict.fromkeys(TABLES, 0)
