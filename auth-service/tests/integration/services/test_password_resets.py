"""A new password for who has forgotten the old one, through the door."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from auth_service.settings import LinkSettings, Settings, ThrottleSettings
from fiapx_common.errors import Invalid, Throttled, Unauthenticated
from fiapx_common.messaging import Message
from fiapx_common.postgres import create_engine
from fiapx_proto.auth.v1 import auth_pb2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Session = Any
Serve = Callable[[Settings], Any]
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
NextToken = Callable[[str], Awaitable[str]]
NEW_PASSWORD = "another horse battery"


def ids(session: Session) -> tuple[str, str]:
    claims = json.loads(base64.urlsafe_b64decode(session.access_token.split(".")[1] + "=="))
    return claims["sid"], claims["sub"]


def resets(heard: list[Message]) -> list[Message]:
    return [each for each in heard if each.type == "user.password-reset-requested.v1"]


async def is_refused(client: Client, token: str) -> bool:
    try:
        await client.reset(token, NEW_PASSWORD)
    except Invalid as refused:
        return refused.code == "invalid_token"
    return False


@pytest.fixture
def next_token(client: Client, heard: list[Message], eventually: Eventually) -> NextToken:
    """Asks for a link and reads its mail's event."""

    async def ask(email: str) -> str:
        before = len(resets(heard))
        await client.request_reset(email)
        await eventually(lambda: len(resets(heard)) > before)
        return str(json.loads(resets(heard)[-1].body)["link"]["token"])

    return ask


async def test_with_the_link_a_user_chooses_a_new_password(client: Client, next_token: NextToken) -> None:
    user = await client.register("Ana@example.com")
    await client.reset(await next_token("ana@EXAMPLE.com"), NEW_PASSWORD)
    with pytest.raises(Unauthenticated):
        await client.login(user.email)
    assert (await client.login(user.email, NEW_PASSWORD)).access_token


async def test_a_reset_ends_every_session_of_the_user(client: Client, next_token: NextToken) -> None:
    user, stranger = await client.register(), await client.new_session()
    mine = [await client.login(user.email) for _ in range(2)]
    assert await client.is_alive(*ids(mine[0]))
    await client.reset(await next_token(user.email), NEW_PASSWORD)
    assert [await client.is_alive(*ids(each)) for each in (*mine, stranger)] == [False, False, True]
    with pytest.raises(Unauthenticated):
        await client.refresh(mine[0].refresh_token)


async def test_a_reset_forgives_wrong_passwords_from_its_address(
    settings: Settings, serve: Serve, heard: list[Message], eventually: Eventually
) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(account_failures=2)})) as client:
        user = await client.register()
        for address in ("192.0.2.1", "198.51.100.1"):
            for _ in range(2):
                with pytest.raises(Unauthenticated):
                    await client.login(user.email, "a wrong password", address)
        await client.request_reset(user.email)
        await eventually(lambda: len(resets(heard)) == 1)
        token = json.loads(resets(heard)[0].body)["link"]["token"]
        request = auth_pb2.ResetPasswordRequest(token=token, password=NEW_PASSWORD, client_address="192.0.2.1")
        await client.stub.ResetPassword(request)
        assert (await client.login(user.email, NEW_PASSWORD, "192.0.2.1")).access_token
        with pytest.raises(Throttled):
            await client.login(user.email, NEW_PASSWORD, "198.51.100.1")


async def test_of_several_links_one_works_once(client: Client, next_token: NextToken) -> None:
    user = await client.register()
    one, two = await next_token(user.email), await next_token(user.email)
    refused = await asyncio.gather(*(is_refused(client, token) for token in (one, two) * 4))
    assert refused.count(False) == 1


async def test_a_password_that_may_not_be_chosen_leaves_the_link_as_it_is(
    client: Client, next_token: NextToken
) -> None:
    user = await client.register()
    token = await next_token(user.email)
    with pytest.raises(Invalid) as refused:
        await client.reset(token, "password1")
    assert refused.value.code == "invalid_password"
    assert not await is_refused(client, token)


async def test_what_is_no_token_any_more_or_never_was_is_refused(
    client: Client, engine: AsyncEngine, next_token: NextToken, heard: list[Message]
) -> None:
    user = await client.register()
    expired = await next_token(user.email)
    of_another_purpose = json.loads(heard[0].body)["verification"]["token"]
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE link_tokens SET expires_at = now() WHERE purpose = 'reset'"))
    for token in ("", "x", expired, of_another_purpose):
        assert await is_refused(client, token)
    assert (await client.login(user.email)).access_token


async def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, next_token: NextToken, heard: list[Message], engine: AsyncEngine
) -> None:
    user = await client.register()
    await client.request_reset("nobody@example.com")
    await next_token(user.email)
    assert [each.subject for each in resets(heard)] == [user.id]
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM reset_requests")) == 0


async def test_a_request_that_a_replica_left_behind_is_answered(
    alone: Settings, serve: Serve, heard: list[Message], eventually: Eventually
) -> None:
    engine = create_engine(alone.postgres, "tests")
    async with serve(alone.model_copy(update={"links": LinkSettings(poll_s=0.1)})) as client:
        user = await client.register()
        async with engine.begin() as connection:
            left = text("INSERT INTO reset_requests VALUES (gen_random_uuid(), :key, now())")
            await connection.execute(left, {"key": user.email})
        await eventually(lambda: len(resets(heard)) == 1)
    await engine.dispose()


async def test_requests_are_throttled_per_account_and_per_address_known_or_not(
    settings: Settings, serve: Serve
) -> None:
    few = ThrottleSettings(reset_requests=2, address_reset_requests=3)
    async with serve(settings.model_copy(update={"throttle": few})) as client:
        known = (await client.register()).email
        for email, address in ((known, "192.0.2.7"), ("nobody@example.com", "192.0.2.8")):
            for _ in range(2):
                await client.request_reset(email, address)
            with pytest.raises(Throttled) as refused:
                await client.request_reset(email, address)
            assert refused.value.code == "too_many_mails"
        for number in range(3):
            await client.request_reset(f"nobody{number}@example.com", "198.51.100.1")
        with pytest.raises(Throttled):
            await client.request_reset("nobody4@example.com", "198.51.100.1")


async def test_a_mailbox_is_not_flooded_from_many_addresses(
    settings: Settings, serve: Serve, heard: list[Message], eventually: Eventually
) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(account_mails=2)})) as client:
        flooded, other = await client.register(), await client.register()
        for number in range(5):
            await client.request_reset(flooded.email, f"192.0.2.{number}")
        await client.request_reset(other.email)
        await eventually(lambda: other.id in [each.subject for each in resets(heard)])
        await eventually(lambda: len(resets(heard)) >= 3)
    assert len([each for each in resets(heard) if each.subject == flooded.id]) == 2


async def test_a_token_is_kept_as_a_hash_only(client: Client, next_token: NextToken, engine: AsyncEngine) -> None:
    token = await next_token((await client.register()).email)
    async with engine.connect() as connection:
        kept = (await connection.execute(text("SELECT * FROM link_tokens"))).all()
    assert len(token) == 43
    assert token not in str(kept)


async def test_no_session_by_the_old_password_outlives_a_reset_beside_it(client: Client, next_token: NextToken) -> None:
    user = await client.register()
    token = await next_token(user.email)
    logins = [client.login(user.email) for _ in range(8)]
    *sessions, _ = await asyncio.gather(*logins, client.reset(token, NEW_PASSWORD), return_exceptions=True)
    begun = [each for each in sessions if not isinstance(each, BaseException)]
    assert not any([await client.is_alive(*ids(session)) for session in begun])
    assert await client.sessions(user.id) == []
