"""Whether sessions live, through the door."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from auth_service.settings import SessionCacheSettings, Settings, TokenSettings
from fiapx_common.errors import Invalid, Unauthenticated, Unavailable
from fiapx_testing.waiting import until

Client = Any  # conftest's
Distant = Any
Session = Any
Serve = Callable[[Settings], Any]


def ids(session: Session) -> tuple[str, str]:
    claims = json.loads(base64.urlsafe_b64decode(session.access_token.split(".")[1] + "=="))
    return claims["sid"], claims["sub"]


@contextmanager
def statements_about_sessions() -> Iterator[list[str]]:
    """What this process asks PostgreSQL meanwhile, in any of its services."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "sessions" in statement:
            asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", hear)
    try:
        yield asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", hear)


async def test_a_session_lives_from_its_login_to_its_logout(client: Client) -> None:
    session = await client.new_session()
    told = [await client.is_alive(*ids(session)) for _ in range(2)]
    await client.logout(session.refresh_token)
    told += [await client.is_alive(*ids(session)) for _ in range(2)]
    assert told == [True, True, False, False]


async def test_a_session_is_nobody_elses(client: Client) -> None:
    (one, owner), (_, other) = ids(await client.new_session()), ids(await client.new_session())
    told = [await client.is_alive(one, user) for user in (other, owner, other)]
    assert told == [False, True, False]


async def test_an_unknown_session_does_not_live(client: Client) -> None:
    assert not await client.is_alive(str(uuid4()), str(uuid4()))


async def test_what_is_no_id_is_refused(client: Client) -> None:
    with pytest.raises(Invalid):
        await client.is_alive("x", str(uuid4()))


async def test_a_refresh_token_that_comes_again_ends_the_session_everywhere(settings: Settings, serve: Serve) -> None:
    no_grace = settings.model_copy(update={"tokens": TokenSettings(refresh_grace_s=0)})
    async with serve(no_grace) as one, serve(settings) as two:
        session = await one.new_session()
        await one.refresh(session.refresh_token)
        assert await two.is_alive(*ids(session))
        with pytest.raises(Unauthenticated):
            await one.refresh(session.refresh_token)
        assert not await two.is_alive(*ids(session))


async def test_a_repeated_check_asks_postgres_nothing(client: Client) -> None:
    alive, ended = await client.new_session(), await client.new_session()
    await client.logout(ended.refresh_token)
    with statements_about_sessions() as first:
        assert await client.is_alive(*ids(alive))
    with statements_about_sessions() as repeated:
        told = [await client.is_alive(*ids(session)) for session in (alive, ended) * 3]
    assert (len(first), repeated, told) == (1, [], [True, False] * 3)


async def test_the_answers_are_the_same_without_redis(distant: Distant, serve: Serve) -> None:
    distant.redis.cut()
    async with serve(distant.settings) as client:
        session = await client.new_session()
        told = [await client.is_alive(*ids(session)) for _ in range(2)]
        await client.logout(session.refresh_token)
        told += [await client.is_alive(*ids(session)) for _ in range(2)]
    assert told == [True, True, False, False]


async def test_a_session_that_ended_while_redis_was_away_does_not_come_back_with_it(
    distant: Distant, serve: Serve
) -> None:
    never_by_itself = SessionCacheSettings(alive_s=3600, catch_up_s=0.05)
    async with serve(distant.settings.model_copy(update={"session_cache": never_by_itself})) as client:
        session = await client.new_session()
        assert await client.is_alive(*ids(session))
        distant.redis.cut()
        await client.logout(session.refresh_token)
        distant.redis.forward()

        async def has_ended() -> bool:
            return not await client.is_alive(*ids(session))

        await until(has_ended)


async def test_without_postgres_what_is_remembered_is_told_and_the_rest_is_unavailable(
    distant: Distant, serve: Serve
) -> None:
    for_long = SessionCacheSettings(alive_s=3600)
    async with serve(distant.settings.model_copy(update={"session_cache": for_long})) as client:
        known, unknown = await client.new_session(), await client.new_session()
        assert await client.is_alive(*ids(known))
        distant.postgres.cut()
        assert await client.is_alive(*ids(known))
        with pytest.raises(Unavailable):
            await client.is_alive(*ids(unknown))
