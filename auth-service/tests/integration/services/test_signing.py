"""Signing keys: one at the first start, rotation with overlap, encrypted where they lie."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from auth_service.bootstrap import running
from auth_service.entities.signing_key import KeyTimes
from auth_service.repositories.access_tokens import Es256AccessTokens
from auth_service.repositories.signing_keys import KeyCipher, WrongEncryptionKey
from auth_service.repositories.unit_of_work import PostgresUnitsOfWork
from auth_service.services.signing import NoSigningKey, Signing
from auth_service.settings import Settings, TokenSettings
from cryptography.fernet import Fernet
from fiapx_common.messaging import Publisher, connect
from fiapx_common.postgres import OutboxRelay
from fiapx_common.tokens import TokenVerifier, read_jwks, unverified_kid
from fiapx_testing.waiting import until
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Serve = Callable[[Settings], Any]


@pytest.fixture(scope="module")
def kept_tables() -> tuple[str, ...]:
    """None: each test begins without a key."""
    return ()


@pytest_asyncio.fixture(loop_scope="module")
async def client(settings: Settings, serve: Serve) -> AsyncIterator[Client]:
    """Of a service that has just started."""
    async with serve(settings) as started:
        yield started


async def kids(client: Client) -> list[str]:
    return [key["kid"] for key in json.loads((await client.jwks()).json)["keys"]]


async def test_before_the_keys_are_read_nothing_is_signed(settings: Settings, engine: AsyncEngine) -> None:
    async with connect(settings.broker, "tests") as broker:
        cipher = KeyCipher(settings.key_encryption_key.get_secret_value())
        units = PostgresUnitsOfWork(engine, OutboxRelay(engine, Publisher(broker)), cipher)
        times = KeyTimes(timedelta(days=30), timedelta(0), timedelta(0))
        signing = Signing(units, Es256AccessTokens("issuer", "audience"), times)
        with pytest.raises(NoSigningKey):
            signing.jwks()
        with pytest.raises(NoSigningKey):
            signing.sign(uuid4(), uuid4(), 900, datetime.now(UTC))
        await signing.keep()
        assert signing.sign(uuid4(), uuid4(), 900, datetime.now(UTC))


async def test_the_first_start_makes_one_key_and_the_next_finds_it(settings: Settings, serve: Serve) -> None:
    async with serve(settings) as client:
        first = await kids(client)
    async with serve(settings) as client:
        assert await kids(client) == first
    assert len(first) == 1


async def test_replicas_that_start_at_once_make_one_key(settings: Settings, serve: Serve, engine: AsyncEngine) -> None:
    async def start() -> list[str]:
        async with serve(settings) as client:
            await asyncio.sleep(0.5)
            return await kids(client)

    seen = await asyncio.gather(*(start() for _ in range(4)))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM signing_keys")) == 1
    assert len({tuple(each) for each in seen}) == 1


async def test_jwks_has_public_keys_only(client: Client) -> None:
    answer = await client.jwks()
    (key,) = json.loads(answer.json)["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert answer.max_age_s == 300


async def test_private_keys_are_encrypted_at_rest(client: Client, engine: AsyncEngine) -> None:
    await client.new_session()
    async with engine.connect() as connection:
        (row,) = (await connection.execute(text("SELECT * FROM signing_keys"))).mappings()
    assert b"PRIVATE" not in row["private_key_encrypted"]
    assert "d" not in row["public_jwk"]


async def test_a_wrong_encryption_key_is_told_at_the_start(settings: Settings, serve: Serve) -> None:
    async with serve(settings):
        pass
    other = settings.model_copy(update={"key_encryption_key": SecretStr(Fernet.generate_key().decode())})
    with pytest.raises(WrongEncryptionKey, match="AUTH_KEY_ENCRYPTION_KEY"):
        async with running(other):
            raise AssertionError("started")


async def test_the_encryption_key_is_changed_by_putting_a_new_one_first(settings: Settings, serve: Serve) -> None:
    async with serve(settings) as client:
        before = await kids(client)
    old = settings.key_encryption_key.get_secret_value()
    both = SecretStr(f"{Fernet.generate_key().decode()}, {old}")
    async with serve(settings.model_copy(update={"key_encryption_key": both})) as client:
        assert await kids(client) == before
        assert (await client.new_session()).access_token


async def test_keys_of_swapped_rows_are_not_taken(settings: Settings, serve: Serve, engine: AsyncEngine) -> None:
    async with serve(settings):
        pass
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE signing_keys SET kid = 'another'"))
    with pytest.raises(WrongEncryptionKey):
        async with running(settings):
            raise AssertionError("started")


async def test_keys_rotate_with_overlap_and_no_token_fails(settings: Settings, serve: Serve) -> None:
    times = TokenSettings(key_rotation_s=2, key_lead_s=1, keys_reload_s=0.1, jwks_max_age_s=0, access_ttl_s=60)
    verifier = TokenVerifier(settings.issuer, times.audience)
    async with serve(settings.model_copy(update={"tokens": times})) as client:
        session = await client.new_session()
        first = session.access_token
        published: set[str] = set()
        signed_by = {unverified_kid(first)}
        for _ in range(600):
            fetched_at = time.monotonic()
            keys = read_jwks((await client.jwks()).json)
            session = await client.refresh(session.refresh_token)
            # keys fetched a little before the token was made are enough: a key is published before it signs
            if time.monotonic() - fetched_at < times.key_lead_s:
                verifier.verify(session.access_token, keys)
                published |= set(keys)
            verifier.verify(first, keys)
            signed_by.add(unverified_kid(session.access_token))
            if len(signed_by & published) == 3:
                break
            await asyncio.sleep(0.1)
    assert len(signed_by & published) == 3


async def test_replicas_that_rotate_together_make_one_key_each_time(
    settings: Settings, serve: Serve, engine: AsyncEngine
) -> None:
    times = TokenSettings(key_rotation_s=2, key_lead_s=1, keys_reload_s=0.05, jwks_max_age_s=0)
    together = settings.model_copy(update={"tokens": times})
    async with serve(together), serve(together), engine.connect() as connection:
        for _ in range(300):
            await asyncio.sleep(0.1)
            begins = (await connection.scalars(text("SELECT signs_from FROM signing_keys ORDER BY 1"))).all()
            await connection.rollback()
            if len(begins) >= 3:
                break
    assert len(begins) >= 3
    assert all(later - earlier >= timedelta(seconds=2) for earlier, later in pairwise(begins))


async def test_a_replica_learns_of_a_key_that_another_made(settings: Settings, serve: Serve) -> None:
    quick = TokenSettings(key_rotation_s=2, key_lead_s=1, keys_reload_s=0.1, jwks_max_age_s=0)
    reading = TokenSettings(key_rotation_s=86_400, key_lead_s=1, keys_reload_s=0.1, jwks_max_age_s=0)
    async with serve(settings.model_copy(update={"tokens": reading})) as reader:
        known = len(await kids(reader))

        async def learned() -> bool:
            return len(await kids(reader)) > known

        async with serve(settings.model_copy(update={"tokens": quick})):
            await until(learned)


async def test_an_outlived_key_is_removed(settings: Settings, serve: Serve, engine: AsyncEngine) -> None:
    async with serve(settings) as client:
        old = await kids(client)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE signing_keys SET signs_from = now() - interval '31 days'"))
    soon = TokenSettings(key_lead_s=1, keys_reload_s=0.1, jwks_max_age_s=0)
    async with serve(settings.model_copy(update={"tokens": soon})) as client:
        assert set(old) < set(await kids(client))
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE signing_keys SET signs_from = signs_from - interval '1 hour'"))

        async def it_is_gone() -> bool:
            return not set(old) & set(await kids(client))

        await until(it_is_gone)
        assert len(await kids(client)) == 1
