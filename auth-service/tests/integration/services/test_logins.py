"""Logging in, through the door."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from auth_service.settings import HashingSettings, Settings, ThrottleSettings
from fiapx_common.errors import Throttled, Unauthenticated, Unavailable
from fiapx_common.tokens import TokenVerifier, read_jwks
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

Client = Any  # conftest's
Distant = Any
Serve = Callable[[Settings], Any]
PASSWORD = "correct horse battery"


async def test_a_login_gives_a_token_that_names_user_and_session(
    client: Client, engine: AsyncEngine, settings: Settings
) -> None:
    user = await client.register()
    session = await client.login(user.email)
    keys = read_jwks((await client.jwks()).json)
    claims = TokenVerifier(settings.issuer, "fiapx").verify(session.access_token, keys)
    async with engine.connect() as connection:
        session_id = await connection.scalar(text("SELECT id FROM sessions"))
    assert (claims.sub, claims.sid) == (UUID(user.id), session_id)
    assert (claims.exp - claims.iat).total_seconds() == session.expires_in_s == 900
    assert session.refresh_expires_in_s == 30 * 86_400


async def test_a_refresh_token_is_256_random_bits_kept_as_a_hash(client: Client, engine: AsyncEngine) -> None:
    sessions = [await client.new_session() for _ in range(3)]
    assert {len(each.refresh_token) for each in sessions} == {43}
    assert len({each.refresh_token for each in sessions}) == 3
    async with engine.connect() as connection:
        kept = (await connection.execute(text("SELECT * FROM refresh_tokens"))).all()
    assert not any(each.refresh_token in str(kept) for each in sessions)


async def test_the_address_may_be_written_in_any_case(client: Client) -> None:
    await client.register("Ana@example.com")
    for email in ("ana@example.com", "ANA@EXAMPLE.com", " ana@example.com "):
        assert (await client.login(email)).access_token


async def test_a_password_may_be_composed_differently(client: Client) -> None:
    user = await client.register(password="caf\u00e9 com leite")
    assert (await client.login(user.email, "cafe\u0301 com leite")).access_token


WRONG_CREDENTIALS = [
    ("ana@example.com", "wrong horse battery"),
    ("ana@example.com", ""),
    ("ana@example.com", PASSWORD + "\x00"),
    ("ana@example.com", PASSWORD.upper()),
    ("ana@example.com", "x" * 100_000),
    ("bob@example.com", PASSWORD),
    ("no address", PASSWORD),
    ("", PASSWORD),
    ("' OR 1=1 --", PASSWORD),
    ("ana@example.com\r\n", PASSWORD),
    ("x" * 100_000, PASSWORD),
]


async def test_all_wrong_credentials_get_the_same_answer(client: Client) -> None:
    await client.register("ana@example.com")
    for email, password in WRONG_CREDENTIALS:
        with pytest.raises(Unauthenticated) as refused:
            await client.login(email, password)
        assert refused.value.code == "wrong_credentials"
        assert refused.value.detail == "E-mail address or password is wrong."


async def test_a_password_longer_than_any_is_not_cut_to_a_right_one(client: Client) -> None:
    longest = ("k9#mPq2v" * 16)[:128]
    user = await client.register(password=longest)
    with pytest.raises(Unauthenticated):
        await client.login(user.email, longest + "x")


async def test_an_unknown_address_costs_a_hash_like_a_known_one(client: Client) -> None:
    known, unknown, no_address = (await client.register()).email, "x@example.com", "nobody"
    hashed_s = dict.fromkeys((known, unknown, no_address), 0.0)
    for number in range(5):
        for email in hashed_s:
            began = _hashing_cpu_s()
            with pytest.raises(Unauthenticated):
                await client.login(email, "wrong horse battery", f"198.51.100.{number}")
            hashed_s[email] += _hashing_cpu_s() - began
    # the hashing threads' own CPU time, which a busy machine changes little: none where nothing is hashed
    assert min(hashed_s.values()) > 0.3 * max(hashed_s.values()) > 0


def _hashing_cpu_s() -> float:
    idents = [thread.ident for thread in threading.enumerate() if thread.name.startswith("argon2")]
    return sum(time.clock_gettime(time.pthread_getcpuclockid(ident)) for ident in idents if ident is not None)


async def test_ten_failures_close_an_account_for_an_address(client: Client) -> None:
    user = await client.register()
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            await client.login(user.email, "wrong horse battery", "192.0.2.7")
    with pytest.raises(Throttled) as refused:
        await client.login(user.email, PASSWORD, "192.0.2.7")
    assert refused.value.code == "too_many_logins"
    assert 850 < refused.value.retry_after_s <= 900
    # ... and neither for another address, nor for another account
    assert (await client.login(user.email, PASSWORD, "192.0.2.8")).access_token
    assert (await client.login((await client.register()).email, PASSWORD, "192.0.2.7")).access_token


async def test_an_unknown_account_is_throttled_like_a_known_one(client: Client) -> None:
    for _ in range(10):
        with pytest.raises(Unauthenticated):
            await client.login("nobody@example.com", "wrong horse battery")
    with pytest.raises(Throttled):
        await client.login("NOBODY@example.com", "wrong horse battery")


async def test_an_address_that_tries_many_accounts_is_throttled(settings: Settings, serve: Serve) -> None:
    async with serve(settings.model_copy(update={"throttle": ThrottleSettings(address_failures=5)})) as client:
        for number in range(5):
            with pytest.raises(Unauthenticated):
                await client.login(f"user{number}@example.org", "wrong horse battery", "2001:db8::1")
        with pytest.raises(Throttled):
            await client.login("user6@example.org", "wrong horse battery", "2001:db8::2")


async def test_many_guesses_at_once_get_no_more_answers_than_one_by_one(client: Client) -> None:
    user = await client.register()
    guesses = (client.login(user.email, f"wrong horse {number}") for number in range(30))
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert len([each for each in answers if isinstance(each, Unauthenticated)]) == 10
    assert len([each for each in answers if isinstance(each, Throttled)]) == 20


async def test_a_right_guess_among_many_is_not_told_after_ten_failures(client: Client) -> None:
    user = await client.register()
    guesses = [asyncio.ensure_future(client.login(user.email, f"wrong horse {number}")) for number in range(20)]
    await asyncio.wait(guesses, return_when=asyncio.FIRST_COMPLETED)  # the others stand before the right one
    *_, right = await asyncio.gather(*guesses, client.login(user.email), return_exceptions=True)
    assert isinstance(right, Throttled)


async def test_many_right_logins_at_once_are_let_in(client: Client) -> None:
    user = await client.register()
    sessions = await asyncio.gather(*(client.login(user.email) for _ in range(20)))
    assert len({each.refresh_token for each in sessions}) == 20


async def test_throttling_goes_on_without_redis(distant: Distant, serve: Serve) -> None:
    distant.redis.cut()
    async with serve(distant.settings) as client:
        user = await client.register()
        for _ in range(10):
            with pytest.raises(Unauthenticated):
                await client.login(user.email, "wrong horse battery")
        with pytest.raises(Throttled):
            await client.login(user.email)


async def test_replicas_count_together(settings: Settings, serve: Serve) -> None:
    async with serve(settings) as one, serve(settings) as two:
        user = await one.register()
        for client in (one, two) * 5:
            with pytest.raises(Unauthenticated):
                await client.login(user.email, "wrong horse battery")
        with pytest.raises(Throttled):
            await two.login(user.email)


async def test_more_logins_than_can_be_hashed_are_told_to_come_later(settings: Settings, serve: Serve) -> None:
    async with serve(settings.model_copy(update={"hashing": HashingSettings(threads=1, wait_s=0.1)})) as client:
        user = await client.register()
        answers = await asyncio.gather(*(client.login(user.email) for _ in range(60)), return_exceptions=True)
    busy = [each for each in answers if isinstance(each, Unavailable)]
    assert {each.code for each in busy} == {"hashing_busy"}
    assert 0 < len(busy) < 60


async def test_a_hash_of_an_older_cost_is_renewed_at_login(client: Client, engine: AsyncEngine) -> None:
    user = await client.register()
    # "correct horse battery" by argon2-cffi with m=8 MiB, t=1
    old = "$argon2id$v=19$m=8192,t=1,p=1$SM3wpk+HS6WZIih3BFlJTg$6p8BvrjiUeZ84r7Cpt/bN12Gek7+0yAoS6SN636S4nY"
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE users SET password_hash = :hash"), {"hash": old})
    await client.login(user.email)
    async with engine.connect() as connection:
        renewed = str(await connection.scalar(text("SELECT password_hash FROM users")))
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await client.login(user.email)).access_token
