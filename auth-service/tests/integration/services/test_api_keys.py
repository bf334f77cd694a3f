"""API keys, through the door."""

from typing import Any
from uuid import uuid4

import pytest
from auth_service.entities.api_key import MOST_KEYS
from fiapx_common.errors import Conflict, Invalid, NotFound
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's


async def test_a_key_names_its_owner_and_what_it_may_do(client: Client) -> None:
    user = await client.register()

    made = await client.make_key(user.id, "ci", ["videos:write", "videos:read"])

    checked = await client.checked_key(made.text)
    assert (checked.user_id, checked.api_key.id) == (user.id, made.api_key.id)
    assert list(checked.api_key.scopes) == ["videos:read", "videos:write"]
    assert made.text.startswith(made.api_key.beginning)


async def test_of_a_key_only_a_hash_is_kept(client: Client, engine: AsyncEngine) -> None:
    made = await client.make_key((await client.register()).id)

    async with engine.connect() as connection:
        (row,) = (await connection.execute(text("SELECT * FROM api_keys"))).all()
    assert made.text not in repr(row)
    assert made.text.encode() not in bytes(row.key_hash)


async def test_a_key_that_nobody_has_is_nobodys(client: Client) -> None:
    assert not (await client.checked_key("fx_unknown")).HasField("api_key")


async def test_a_user_sees_their_own_keys_the_newest_first(client: Client) -> None:
    user = await client.register()
    await client.make_key((await client.register()).id, "somebody else's")
    for name in ("first", "second"):
        await client.make_key(user.id, name)

    assert [key.name for key in await client.api_keys(user.id)] == ["second", "first"]


async def test_a_key_tells_when_it_was_used(client: Client) -> None:
    user = await client.register()
    made = await client.make_key(user.id)
    assert not made.api_key.HasField("last_used_at")

    await client.checked_key(made.text)

    (listed,) = await client.api_keys(user.id)
    assert listed.HasField("last_used_at")


async def test_a_revoked_key_is_good_for_nothing(client: Client) -> None:
    user = await client.register()
    made = await client.make_key(user.id)

    await client.revoke_key(made.api_key.id, user.id)

    assert not (await client.checked_key(made.text)).HasField("api_key")
    assert await client.api_keys(user.id) == []
    with pytest.raises(NotFound, match="no such API key"):
        await client.revoke_key(made.api_key.id, user.id)


async def test_nobody_revokes_somebody_elses_key(client: Client) -> None:
    made = await client.make_key((await client.register()).id)

    with pytest.raises(NotFound):
        await client.revoke_key(made.api_key.id, (await client.register()).id)

    assert (await client.checked_key(made.text)).HasField("api_key")


@pytest.mark.parametrize(
    "ended",
    ["UPDATE api_keys SET expires_at = now()", "UPDATE users SET disabled_at = now()", "DELETE FROM users"],
    ids=["it has expired", "its owner is disabled", "its owner is erased"],
)
async def test_a_key_is_no_longer_good_once(client: Client, engine: AsyncEngine, ended: str) -> None:
    made = await client.make_key((await client.register()).id)

    async with engine.begin() as connection:
        await connection.execute(text(ended))

    assert not (await client.checked_key(made.text)).HasField("api_key")


async def test_there_is_a_most_of_keys(client: Client, engine: AsyncEngine) -> None:
    user = await client.register()
    await client.make_key(user.id)
    async with engine.begin() as connection:
        more = "SELECT gen_random_uuid(), user_id, sha256(n::text::bytea), beginning, name, scopes, created_at"
        columns = "id, user_id, key_hash, beginning, name, scopes, created_at"
        numbers = f"generate_series(2, {MOST_KEYS}) AS n"
        await connection.execute(text(f"INSERT INTO api_keys ({columns}) {more} FROM api_keys, {numbers}"))

    with pytest.raises(Conflict, match="revoke one"):
        await client.make_key(user.id)


async def test_a_key_is_somebodys(client: Client) -> None:
    with pytest.raises(NotFound):
        await client.make_key(str(uuid4()))


async def test_an_unlawful_wish_names_its_fields(client: Client) -> None:
    with pytest.raises(Invalid) as refused:
        await client.make_key((await client.register()).id, "", ["admin"])

    assert [error.field for error in refused.value.fields] == ["name", "scopes"]
