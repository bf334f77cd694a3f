"""The schema, up and down, and what it holds together."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fiapx_common.postgres import create_engine, downgrade, transaction, upgrade
from fiapx_common.settings import PostgresSettings
from fiapx_testing.plugin import CreateDatabase
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

MIGRATIONS = Path(__file__).parents[2] / "migrations"
Query = Callable[..., Awaitable[Any]]


async def tables(dsn: str) -> set[str]:
    engine = create_engine(PostgresSettings(dsn=SecretStr(dsn)), "tests")
    try:
        async with transaction(engine) as connection:
            names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    finally:
        await engine.dispose()
    return set(names) - {"alembic_version"}


async def test_the_schema_goes_up_down_and_up_again(postgres_database: CreateDatabase) -> None:
    database = await asyncio.to_thread(postgres_database, "notification")
    await upgrade(database.owner_dsn, MIGRATIONS)
    assert await tables(database.owner_dsn) == {"recipients", "mails", "inbox", "operator_actions"}
    await downgrade(database.owner_dsn, MIGRATIONS)
    assert await tables(database.owner_dsn) == set()
    await upgrade(database.owner_dsn, MIGRATIONS)
    assert await tables(database.owner_dsn) == {"recipients", "mails", "inbox", "operator_actions"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mails SET status = 'lost'",
        "UPDATE mails SET status = 'sent'",
        "UPDATE mails SET user_id = gen_random_uuid()",
        "INSERT INTO mails SELECT (jsonb_populate_record(m, jsonb_build_object('id', user_id))).* FROM mails m",
        "UPDATE recipients SET email = NULL",
        "UPDATE recipients SET erased_at = now()",
    ],
)
async def test_a_row_that_makes_no_sense_is_refused(query: Query, statement: str) -> None:
    await query("INSERT INTO recipients VALUES (gen_random_uuid(), 'a@example.com', 'Ana', 'en', now(), NULL)")
    await query(
        "INSERT INTO mails SELECT gen_random_uuid(), 'welcome', user_id, 1, user_id, 'en', '{}', 'Hello', '<1@x>',"
        " NULL, 'queued', 0, now(), NULL, now(), NULL FROM recipients"
    )
    with pytest.raises(IntegrityError):
        await query(statement)
