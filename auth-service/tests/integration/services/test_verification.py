"""That an address is its user's own, through the door."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from auth_service.settings import Settings, ThrottleSettings
from fiapx_common.errors import Invalid, NotFound, Throttled
from fiapx_common.messaging import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Serve = Callable[[Settings], Any]
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


async def is_refused(client: Client, token: str) -> bool:
    try:
        await client.verify_email(token)
    except Invalid as refused:
        return refused.code == "invalid_token"
    return False


async def test_the_link_of_the_sign_up_verifies_the_address_once(
    client: Client, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register()
    await eventually(lambda: bool(heard))
    token = json.loads(heard[0].body)["verification"]["token"]
    verified = await client.verify_email(token)
    assert (verified.id, verified.email_verified) == (user.id, True)
    assert verified.version > user.version
    assert await client.user(user.id) == verified
    assert await is_refused(client, token)


async def test_a_link_asked_for_again_works_as_well_and_ends_the_others(
    client: Client, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register()
    await client.request_verification(user.id)
    await eventually(lambda: len(heard) == 2)
    assert (heard[1].type, heard[1].subject) == ("user.email-verification-requested.v1", user.id)
    assert (await client.verify_email(json.loads(heard[1].body)["link"]["token"])).email_verified
    assert await is_refused(client, json.loads(heard[0].body)["verification"]["token"])


async def test_a_verified_address_gets_no_more_links(client: Client, engine: AsyncEngine) -> None:
    user = await client.register()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE users SET email_verified = true"))
        await connection.execute(text("DELETE FROM link_tokens"))
    await client.request_verification(user.id)
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM link_tokens")) == 0


async def test_what_is_no_token_any_more_or_never_was_is_refused(
    client: Client, engine: AsyncEngine, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register()
    await client.request_reset(user.email)
    await eventually(lambda: len(heard) == 2)
    expired = json.loads(heard[0].body)["verification"]["token"]
    of_another_purpose = json.loads(heard[1].body)["link"]["token"]
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE link_tokens SET expires_at = now() WHERE purpose = 'verification'"))
    for token in ("", "x", "x" * 10_000, expired, of_another_purpose):
        assert await is_refused(client, token)


async def test_links_of_one_user_are_throttled(settings: Settings, serve: Serve) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(account_mails=2)})) as client:
        user, other = await client.register(), await client.register()
        for _ in range(2):
            await client.request_verification(user.id)
        with pytest.raises(Throttled) as refused:
            await client.request_verification(user.id)
        await client.request_verification(other.id)
    assert refused.value.code == "too_many_mails"


async def test_an_unknown_user_gets_no_link(client: Client) -> None:
    with pytest.raises(NotFound):
        await client.request_verification(str(uuid4()))
