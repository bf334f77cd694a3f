"""Signing up and changing an account, through the door."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from auth_service.settings import Settings, ThrottleSettings
from fiapx_common.errors import Conflict, Invalid, NotFound, PreconditionFailed, Throttled, Unavailable
from fiapx_common.messaging import Message
from fiapx_proto.auth.v1 import auth_pb2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Distant = Any
Serve = Callable[[Settings], Any]
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]


async def rows(engine: AsyncEngine, table: str) -> int:
    async with engine.connect() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_a_new_user_is_told_as_she_is_kept(client: Client) -> None:
    user = await client.register("Ana@Example.com", name=" Ana ", locale="pt")
    assert (user.email, user.name, user.locale, user.email_verified) == ("Ana@example.com", "Ana", "pt-BR", False)
    assert await client.user(user.id) == user
    assert UUID(user.id).version == 4
    assert user.created_at.seconds > 1_700_000_000


async def test_a_sign_up_is_announced_with_its_row(
    client: Client, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register(name="Ana", locale="pt-BR")
    await eventually(lambda: bool(heard))
    assert (heard[0].type, heard[0].subject) == ("user.registered.v1", user.id)
    told = json.loads(heard[0].body)
    assert (told["user_id"], told["email"], told["name"], told["locale"]) == (user.id, user.email, "Ana", "pt-BR")


async def test_a_sign_up_while_the_broker_is_away_is_announced_later(
    distant: Distant, serve: Serve, heard: list[Message], eventually: Eventually
) -> None:
    distant.rabbitmq.cut()
    async with serve(distant.settings) as client:
        user = await client.register()
        assert heard == []
        distant.rabbitmq.forward()
        await eventually(lambda: bool(heard))
    assert heard[0].subject == user.id


async def test_an_address_is_taken_in_any_case(client: Client) -> None:
    await client.register("ana@example.com")
    for again in ("ana@example.com", "ANA@EXAMPLE.COM", " ana@Example.com "):
        with pytest.raises(Conflict) as refused:
            await client.register(again)
        assert refused.value.code == "email_taken"


async def test_of_twenty_sign_ups_at_once_one_wins(
    client: Client, engine: AsyncEngine, heard: list[Message], eventually: Eventually
) -> None:
    answers = await asyncio.gather(*(client.register("ana@example.com") for _ in range(20)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert (len(refused), await rows(engine, "users")) == (19, 1)
    await eventually(lambda: bool(heard))
    await client.register("later@example.com")
    await eventually(lambda: "later" in str(heard[-1].body))
    assert len(heard) == 2


WRONG_FIELDS = [
    ({"email": "no address"}, "invalid_email", "email"),
    ({"email": "a@example.com\r\nBcc: b@example.com"}, "invalid_email", "email"),
    ({"password": "short"}, "invalid_password", "password"),
    ({"password": "x" * 129}, "invalid_password", "password"),
    ({"password": "Password123"}, "invalid_password", "password"),
    ({"name": "Ana\r\nBcc: b@example.com"}, "invalid_name", "name"),
    ({"locale": "fr"}, "invalid_locale", "locale"),
]


async def test_a_wrong_field_is_named_and_nothing_is_kept(client: Client, engine: AsyncEngine) -> None:
    for fields, code, field in WRONG_FIELDS:
        with pytest.raises(Invalid) as refused:
            await client.register(**fields)
        assert (refused.value.code, refused.value.fields[0].field) == (code, field)
    assert await rows(engine, "users") == await rows(engine, "outbox") == 0


async def test_a_password_is_kept_as_an_argon2_hash_only(client: Client, engine: AsyncEngine) -> None:
    await client.register(password="k9#mPq2v unusual")
    async with engine.connect() as connection:
        (row,) = (await connection.execute(text("SELECT * FROM users"))).mappings()
    assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert "k9#mPq2v" not in str(dict(row))


async def test_sign_ups_are_throttled_per_address(settings: Settings, serve: Serve) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(sign_ups=3)})) as client:
        for _ in range(3):
            await client.register(address="192.0.2.7")
        with pytest.raises(Throttled) as refused:
            await client.register(address="192.0.2.7")
        await client.register(address="192.0.2.8")
    assert refused.value.code == "too_many_sign_ups"
    assert 3500 < refused.value.retry_after_s <= 3600


async def test_a_user_changes_name_and_language(client: Client, heard: list[Message], eventually: Eventually) -> None:
    user = await client.register(name="Ana", locale="en")
    changed = await client.update(user.id, name="Ana Silva", locale="pt-BR")
    assert (changed.name, changed.locale, changed.email) == ("Ana Silva", "pt-BR", user.email)
    assert await client.user(user.id) == changed
    await eventually(lambda: len(heard) == 2)
    assert heard[1].type == "user.updated.v1"
    assert json.loads(heard[1].body)["name"] == "Ana Silva"


async def test_each_change_of_a_user_is_told_as_later_than_the_one_before(
    client: Client, engine: AsyncEngine, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register()
    async with engine.begin() as connection:  # as if by a replica whose clock is ahead
        await connection.execute(text("UPDATE users SET changed_at = now() + interval '1 hour'"))
        ahead = await connection.scalar(text("SELECT changed_at FROM users"))
    for locale in ("pt-BR", "en"):
        await client.update(user.id, locale=locale)
    await eventually(lambda: len(heard) == 3)
    first, second = (datetime.fromisoformat(json.loads(each.body)["changed_at"]) for each in heard[1:])
    assert ahead < first < second


async def test_what_is_not_given_stays(client: Client) -> None:
    user = await client.register(name="Ana", locale="pt-BR")
    assert (await client.update(user.id, name="")).locale == "pt-BR"
    assert (await client.update(user.id, locale="en")).name == ""


async def test_a_change_that_changes_nothing_is_not_announced(
    client: Client, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register(name="Ana")
    assert await client.update(user.id, name=" Ana ") == user
    await client.update(user.id, name="Eva")
    await eventually(lambda: "Eva" in str(heard[-1:]))
    assert [json.loads(each.body)["name"] for each in heard] == ["Ana", "Eva"]


async def test_a_change_of_the_version_that_was_seen_is_made(client: Client) -> None:
    user = await client.register(name="Ana")
    changed = await client.update(user.id, [7, user.version], name="Eva")
    assert (changed.name, changed.version > user.version) == ("Eva", True)
    assert await client.user(user.id) == changed


@pytest.mark.parametrize("seen", [[], [7], [-1], [2**63 - 1]], ids=["none", "another", "negative", "beyond all time"])
async def test_a_change_of_another_version_is_refused_and_nothing_is_changed(client: Client, seen: list[int]) -> None:
    user = await client.register(name="Ana")
    with pytest.raises(PreconditionFailed) as refused:
        await client.update(user.id, seen, name="Eva")
    assert refused.value.code == "changed_meanwhile"
    assert await client.user(user.id) == user


async def test_a_change_that_is_made_already_is_answered_whatever_was_seen(client: Client) -> None:
    user = await client.register(name="Ana")
    changed = await client.update(user.id, [user.version], name="Eva")
    # the same request, sent again because its answer was lost
    assert await client.update(user.id, [user.version], name="Eva") == changed


async def test_of_twenty_changes_of_one_version_one_is_made(client: Client) -> None:
    user = await client.register()
    changes = [client.update(user.id, [user.version], name=f"Ana {number}") for number in range(20)]
    answers = await asyncio.gather(*changes, return_exceptions=True)
    (made,) = [answer for answer in answers if isinstance(answer, auth_pb2.User)]
    assert {type(answer) for answer in answers if answer is not made} == {PreconditionFailed}
    assert await client.user(user.id) == made


async def test_a_wrong_change_is_refused(client: Client) -> None:
    user = await client.register()
    for changes in ({"name": "a\nb"}, {"locale": "xx"}):
        with pytest.raises(Invalid):
            await client.update(user.id, **changes)
    assert await client.user(user.id) == user


async def test_an_unknown_user_is_not_found(client: Client) -> None:
    for user_id in (str(uuid4()), "", "not an id", "x" * 10_000):
        for ask in (client.user, partial(client.update, name="x")):
            with pytest.raises(NotFound) as refused:
                await ask(user_id)
            assert refused.value.code == "user_not_found"


async def test_a_database_that_is_away_makes_the_service_unavailable(distant: Distant, serve: Serve) -> None:
    async with serve(distant.settings) as client:
        distant.postgres.cut()
        with pytest.raises(Unavailable):
            await client.register("ana@example.com")
        distant.postgres.forward()
        await client.register("ana@example.com")
