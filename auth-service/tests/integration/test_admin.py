"""What operators do about users and sign-up: `python -m auth_service.admin`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from auth_service.settings import Settings
from fiapx_common.errors import Denied, Unauthenticated
from fiapx_common.messaging import Message
from fiapx_models.events import PasswordResetRequested, UserRegistered
from fiapx_testing.admin_commands import Admin

Client = Any  # conftest's
Eventually = Callable[[Callable[[], bool]], Awaitable[None]]

FOLDER = Path(__file__).parents[2]
NEW_PASSWORD = "a horse of another colour"


@pytest.fixture
def admin(settings: Settings) -> Admin:
    return Admin(
        "auth_service",
        FOLDER,
        {
            "AUTH_POSTGRES__DSN": settings.postgres.dsn.get_secret_value(),
            "AUTH_REDIS__URL": settings.redis.url.get_secret_value(),
            "AUTH_BROKER__URL": settings.broker.url.get_secret_value(),
            "AUTH_ISSUER": settings.issuer,
            "AUTH_KEY_ENCRYPTION_KEY": settings.key_encryption_key.get_secret_value(),
        },
    )


async def session_of(client: Client, user_id: str) -> str:
    (session,) = await client.sessions(user_id)
    return str(session.id)


async def test_a_disabled_user_is_out_at_once_and_stays_out(client: Client, admin: Admin) -> None:
    user, other = await client.register("ana@example.com"), await client.register()
    granted = await client.login(user.email)
    await client.login(other.email)
    session_id, others = await session_of(client, user.id), await session_of(client, other.id)
    assert await client.is_alive(session_id, user.id)
    ended = await admin("--by", "rui", "users", "disable", "Ana@Example.COM")
    assert (ended.code, ended.words.splitlines()[-1]) == (0, "Disabled; 1 session ended.")
    assert not await client.is_alive(session_id, user.id)
    with pytest.raises(Unauthenticated):
        await client.refresh(granted.refresh_token)
    with pytest.raises(Denied) as refused:
        await client.login(user.email)
    assert refused.value.code == "account_disabled"
    assert await client.is_alive(others, other.id)


async def test_who_does_not_know_the_password_is_not_told_that_an_account_is_disabled(
    client: Client, admin: Admin
) -> None:
    user = await client.register()
    assert (await admin("--by", "rui", "users", "disable", user.id)).code == 0
    with pytest.raises(Unauthenticated) as refused:
        await client.login(user.email, "a wrong password")
    assert refused.value.code == "wrong_credentials"


async def test_a_new_password_does_not_bring_a_disabled_user_back(
    client: Client, admin: Admin, heard: list[Message], eventually: Eventually
) -> None:
    user = await client.register()
    assert (await admin("--by", "rui", "users", "disable", user.id)).code == 0
    await client.request_reset(user.email)
    await eventually(lambda: any(message.type == PasswordResetRequested.TYPE for message in heard))
    (asked,) = [message for message in heard if message.type == PasswordResetRequested.TYPE]
    await client.reset(PasswordResetRequested.model_validate_json(asked.body).link.token, NEW_PASSWORD)
    with pytest.raises(Denied):
        await client.login(user.email, NEW_PASSWORD)


async def test_an_enabled_user_logs_in_again_and_old_sessions_stay_ended(client: Client, admin: Admin) -> None:
    user = await client.register()
    await client.login(user.email)
    old = await session_of(client, user.id)
    assert (await admin("--by", "rui", "users", "disable", user.id)).code == 0
    assert (await admin("--by", "rui", "users", "enable", user.email)).code == 0
    await client.login(user.email)
    assert not await client.is_alive(old, user.id)
    assert await client.is_alive(await session_of(client, user.id), user.id)


async def test_no_login_beside_a_disabling_outlives_it(client: Client, admin: Admin) -> None:
    user = await client.register()
    done = asyncio.Event()

    async def log_in_on_and_on() -> int:
        granted = 0
        while not done.is_set():
            try:
                await client.login(user.email)
                granted += 1
            except Denied:
                await asyncio.sleep(0.01)
        return granted

    logins = [asyncio.create_task(log_in_on_and_on()) for _ in range(4)]
    ended = await admin("--by", "rui", "users", "disable", user.id)
    done.set()
    assert sum(await asyncio.gather(*logins)) > 0
    assert ended.code == 0
    assert await client.sessions(user.id) == []


async def test_users_are_found_by_a_part_of_their_address(client: Client, admin: Admin) -> None:
    first = await client.register("ana_1@example.com", name="Ana", locale="pt-BR")
    await client.register("anax1@example.com")
    await client.login(first.email)
    assert (await admin("--by", "rui", "users", "disable", "anax1@example.com")).code == 0
    (found,) = (await admin("users", "list", "ANA_1", "--json")).rows
    assert (found["id"], found["email"], found["name"], found["locale"]) == (first.id, first.email, "Ana", "pt-BR")
    assert (found["verified"], found["sessions"], found["disabled_at"]) == (False, 1, None)
    assert datetime.fromisoformat(found["created_at"]) <= datetime.fromisoformat(found["last_used_at"])
    everybody = (await admin("users", "list", "--json")).rows
    assert [one["email"] for one in everybody] == ["anax1@example.com", "ana_1@example.com"]
    assert everybody[0]["disabled_at"] is not None
    assert (everybody[0]["sessions"], everybody[0]["last_used_at"]) == (0, None)


async def test_while_sign_up_is_closed_nobody_comes_uninvited(client: Client, admin: Admin) -> None:
    closed = await admin("--by", "rui", "registration", "close")
    assert (closed.code, closed.words.splitlines()[-1]) == (0, "Nobody may sign up.")
    with pytest.raises(Denied) as refused:
        await client.register()
    assert refused.value.code == "registration_closed"
    assert (await admin("registration", "show", "--json")).rows == [{"registration_open": False}]
    assert (await admin("--by", "rui", "users", "invite", "bia@example.com")).code == 0
    assert (await admin("--by", "rui", "registration", "close")).code == 0
    assert (await admin("--by", "rui", "registration", "open")).code == 0
    await client.register()


async def test_who_is_invited_chooses_a_password_and_logs_in(
    client: Client, admin: Admin, heard: list[Message], eventually: Eventually
) -> None:
    invite = ("users", "invite", "bia@example.com", "--name", "Bia", "--locale", "pt-BR", "--json")
    (invited,) = (await admin("--by", "rui", *invite)).rows
    await eventually(lambda: len(heard) == 2)
    welcome, reset = sorted(heard, key=lambda message: message.type, reverse=True)
    registered = UserRegistered.model_validate_json(welcome.body)
    assert (str(registered.user_id), registered.email) == (invited["id"], "bia@example.com")
    assert (registered.name, registered.locale) == ("Bia", "pt-BR")
    await client.reset(PasswordResetRequested.model_validate_json(reset.body).link.token, NEW_PASSWORD)
    await client.login("bia@example.com", NEW_PASSWORD)
    assert registered.verification is not None
    assert (await client.verify_email(registered.verification.token)).email_verified


async def test_what_was_done_is_recorded_without_anybodys_address(client: Client, admin: Admin) -> None:
    user = await client.register("ana@example.com")
    await client.login(user.email)
    await admin("--by", "rui", "users", "disable", user.email)
    await admin("--by", "bia", "users", "enable", user.email)
    await admin("--by", "bia", "registration", "open")
    rows = (await admin("audit", "list", "--json")).rows
    assert [(row["operator"], row["action"], row["subject"]) for row in rows] == [
        ("bia", "registration.open", "registration"),
        ("bia", "user.enable", user.id),
        ("rui", "user.disable", user.id),
    ]
    assert json.loads(rows[2]["details"]) == {"sessions_ended": 1}
    assert all(row["done_at"] is not None for row in rows)
    assert "ana@" not in json.dumps(rows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("disable", "nobody@example.com"),
            "No user has the id or address 'nobody@example.com': see `users list`.",
        ),
        (
            ("enable", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
            "No user has the id or address '7c9e6679-7425-40de-944b-e07fc1f90ae7': see `users list`.",
        ),
        (("invite", "ana@example.com"), "An account with this e-mail address exists already."),
        (("invite", "bia@example.com", "--locale", "de"), 'The locale must be "en" or "pt-BR".'),
    ],
)
async def test_what_is_refused_is_told_and_leaves_no_record(
    client: Client, admin: Admin, arguments: tuple[str, ...], words: str
) -> None:
    await client.register("ana@example.com")
    ended = await admin("--by", "rui", "users", *arguments)
    assert (ended.code, ended.words) == (1, "")
    assert ended.complaints.startswith(f"error: {words}")
    assert (await admin("audit", "list")).words == "0 actions.\n"
