"""Refreshing and logging out, through the door."""

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from auth_service.settings import Settings, TokenSettings
from fiapx_common.errors import Invalid, Unauthenticated
from fiapx_testing.waiting import until
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Session = Any
Serve = Callable[[Settings], Any]


def claims(session: Session) -> dict[str, str]:
    payload = session.access_token.split(".")[1]
    found: dict[str, str] = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return found


async def is_ended(client: Client, refresh_token: str) -> bool:
    try:
        await client.refresh(refresh_token)
    except Unauthenticated as refused:
        return refused.code == "session_ended"
    return False


async def living_families(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM sessions WHERE revoked_at IS NULL")) or 0)


async def pass_seconds(engine: AsyncEngine, seconds: int) -> None:
    """As if all that happened had happened so much earlier."""
    earlier = f"- interval '{seconds} s'"
    async with engine.begin() as connection:
        await connection.execute(
            text(f"UPDATE refresh_tokens SET used_at = used_at {earlier}, expires_at = expires_at {earlier}")
        )
        await connection.execute(text(f"UPDATE sessions SET expires_at = expires_at {earlier}"))


async def test_a_refresh_gives_other_tokens_of_the_same_session(client: Client) -> None:
    first = await client.new_session()
    second = await client.refresh(first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert (claims(second)["sid"], claims(second)["sub"]) == (claims(first)["sid"], claims(first)["sub"])


async def test_a_session_goes_on_for_many_refreshes(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    for _ in range(10):
        session = await client.refresh(session.refresh_token)
    assert await living_families(engine) == 1


async def test_a_token_that_comes_again_within_the_grace_gets_a_sibling(client: Client, engine: AsyncEngine) -> None:
    first = await client.new_session()
    lost = await client.refresh(first.refresh_token)
    sibling = await client.refresh(first.refresh_token)
    assert sibling.refresh_token != lost.refresh_token
    assert claims(sibling)["sid"] == claims(first)["sid"]
    for token in (lost.refresh_token, sibling.refresh_token):
        assert not await is_ended(client, token)
    assert await living_families(engine) == 1


async def test_a_token_that_comes_again_later_ends_the_family(client: Client, engine: AsyncEngine) -> None:
    first = await client.new_session()
    second = await client.refresh(first.refresh_token)
    third = await client.refresh(second.refresh_token)
    other = await client.new_session()
    await pass_seconds(engine, 11)
    for token in (first.refresh_token, third.refresh_token, second.refresh_token):
        assert await is_ended(client, token)
    assert not await is_ended(client, other.refresh_token)


async def test_the_grace_is_counted_from_the_first_use(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    await client.refresh(session.refresh_token)
    await pass_seconds(engine, 5)
    assert not await is_ended(client, session.refresh_token)
    await pass_seconds(engine, 6)
    assert await is_ended(client, session.refresh_token)


async def test_twenty_refreshes_at_once_leave_one_family_alive(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    answers = await asyncio.gather(*(client.refresh(session.refresh_token) for _ in range(20)))
    assert len({each.refresh_token for each in answers}) == 20
    assert {claims(each)["sid"] for each in answers} == {claims(session)["sid"]}
    assert await living_families(engine) == 1
    async with engine.connect() as connection:
        used = await connection.scalar(text("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL"))
    assert used == 1
    assert not await is_ended(client, answers[-1].refresh_token)


async def test_twenty_replays_at_once_end_the_family(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    await client.refresh(session.refresh_token)
    await pass_seconds(engine, 11)
    assert all(await asyncio.gather(*(is_ended(client, session.refresh_token) for _ in range(20))))
    assert await living_families(engine) == 0


async def test_a_refresh_beside_a_logout_does_not_bring_the_session_back(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    await asyncio.gather(
        *(is_ended(client, session.refresh_token) for _ in range(10)), client.logout(session.refresh_token)
    )
    assert await living_families(engine) == 0
    assert await is_ended(client, session.refresh_token)


async def test_what_was_never_a_refresh_token_is_refused(client: Client) -> None:
    session = await client.new_session()
    for token in ("", "x", session.access_token, session.refresh_token[:-1], session.refresh_token + "x", "x" * 10**6):
        assert await is_ended(client, token)


async def test_an_expired_token_is_refused(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    await pass_seconds(engine, session.refresh_expires_in_s + 1)
    assert await is_ended(client, session.refresh_token)


async def test_a_refresh_prolongs_the_session(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    for _ in range(3):
        await pass_seconds(engine, session.refresh_expires_in_s - 60)
        session = await client.refresh(session.refresh_token)
    assert await living_families(engine) == 1


async def test_a_logout_ends_the_session_and_no_other(client: Client) -> None:
    user = await client.register()
    one, two = await client.login(user.email), await client.login(user.email)
    await client.logout(one.refresh_token)
    assert await is_ended(client, one.refresh_token)
    assert not await is_ended(client, two.refresh_token)


async def test_a_logout_by_an_old_token_ends_the_session_too(client: Client) -> None:
    first = await client.new_session()
    second = await client.refresh(first.refresh_token)
    await client.logout(first.refresh_token)
    assert await is_ended(client, second.refresh_token)


async def test_a_logout_by_session_ends_it(client: Client) -> None:
    session = await client.new_session()
    await client.logout(session_id=claims(session)["sid"], user_id=claims(session)["sub"])
    assert await is_ended(client, session.refresh_token)


async def test_a_logout_may_be_repeated(client: Client) -> None:
    session = await client.new_session()
    for _ in range(2):
        await client.logout(session.refresh_token)
        await client.logout(session_id=claims(session)["sid"], user_id=claims(session)["sub"])
    await client.logout("unknown")


async def test_nobody_logs_another_out(client: Client) -> None:
    session, other = await client.new_session(), await client.new_session()
    await client.logout(session_id=claims(session)["sid"], user_id=claims(other)["sub"])
    assert not await is_ended(client, session.refresh_token)


async def test_a_logout_without_ids_is_refused(client: Client) -> None:
    for ids in ({}, {"session_id": "x", "user_id": str(uuid4())}, {"session_id": str(uuid4()), "user_id": ""}):
        with pytest.raises(Invalid):
            await client.logout(**ids)


async def test_ended_sessions_are_forgotten_after_a_while(
    settings: Settings, serve: Serve, engine: AsyncEngine
) -> None:
    soon = TokenSettings(kept_after_end_s=0, sweep_s=0.1)
    async with serve(settings.model_copy(update={"tokens": soon})) as client:
        ended, alive = await client.new_session(), await client.new_session()
        await client.logout(ended.refresh_token)

        async def one_is_left() -> bool:
            async with engine.connect() as connection:
                return bool(await connection.scalar(text("SELECT count(*) FROM sessions")) == 1)

        await until(one_is_left)
        assert not await is_ended(client, alive.refresh_token)


async def test_a_user_sees_her_living_sessions_the_last_used_first(client: Client) -> None:
    user, _ = await client.register(), await client.new_session()
    first = await client.login(user.email, user_agent="Firefox\r\n", address="192.0.2.1")
    second = await client.login(user.email, user_agent="curl/8", address="192.0.2.2")
    await client.logout((await client.login(user.email)).refresh_token)
    await client.refresh(first.refresh_token, user_agent="Firefox 2")
    seen = await client.sessions(user.id)
    assert [(each.id, each.user_agent, each.client_address) for each in seen] == [
        (claims(first)["sid"], "Firefox 2", "192.0.2.1"),
        (claims(second)["sid"], "curl/8", "192.0.2.2"),
    ]
    refreshed, untouched = seen
    assert refreshed.last_used_at.ToDatetime() > refreshed.created_at.ToDatetime()
    assert untouched.last_used_at == untouched.created_at
    assert (untouched.expires_at.seconds - untouched.created_at.seconds) == second.refresh_expires_in_s


async def test_expired_sessions_are_not_listed(client: Client, engine: AsyncEngine) -> None:
    session = await client.new_session()
    await pass_seconds(engine, session.refresh_expires_in_s)
    assert await client.sessions(claims(session)["sub"]) == []


async def test_sessions_that_have_ended_are_told_as_long_as_they_are_kept(client: Client, engine: AsyncEngine) -> None:
    user, _ = await client.register(), await client.new_session()
    expired = await client.login(user.email)
    await pass_seconds(engine, expired.refresh_expires_in_s)
    logged_out, alive = await client.login(user.email, user_agent="a phone"), await client.login(user.email)
    await client.logout(logged_out.refresh_token)
    (page,) = await client.kept_sessions(user.id)
    assert [each.id for each in page] == [claims(each)["sid"] for each in (alive, logged_out, expired)]
    assert [each.HasField("ended_at") for each in page] == [False, True, False]
    assert page[1].ended_at.ToDatetime() >= page[1].created_at.ToDatetime()
    assert (page[1].user_agent, page[1].client_address) == ("a phone", "192.0.2.1")


async def test_sessions_are_told_page_by_page_each_once(client: Client) -> None:
    user, _ = await client.register(), await client.new_session()
    newest_first = [claims(await client.login(user.email))["sid"] for _ in range(5)][::-1]
    pages = await client.kept_sessions(user.id, limit=2)
    assert [[each.id for each in page] for page in pages] == [newest_first[:2], newest_first[2:4], newest_first[4:]]


async def test_a_user_ends_all_sessions_but_the_one_that_asks(client: Client) -> None:
    user, stranger = await client.register(), await client.new_session()
    mine, other, another = [await client.login(user.email) for _ in range(3)]
    assert await client.is_alive(claims(other)["sid"], user.id)
    await client.end_others(claims(mine)["sid"], user.id)
    for session, alive in ((mine, True), (other, False), (another, False), (stranger, True)):
        assert await client.is_alive(claims(session)["sid"], claims(session)["sub"]) is alive
        assert await is_ended(client, session.refresh_token) is not alive
