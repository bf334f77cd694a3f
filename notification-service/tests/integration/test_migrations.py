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
TABLES = {"recipients", "mails", "inbox", "operator_actions", "webhooks", "webhook_deliveries"}


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
    assert await tables(database.owner_dsn) == TABLES
    await downgrade(database.owner_dsn, MIGRATIONS)
    assert await tables(database.owner_dsn) == set()
    await upgrade(database.owner_dsn, MIGRATIONS)
    assert await tables(database.owner_dsn) == TABLES


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


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE webhook_deliveries SET status = 'lost', ended_at = now()",
        "UPDATE webhook_deliveries SET status = 'delivered'",
        "UPDATE webhook_deliveries SET ended_at = now()",
        "UPDATE webhook_deliveries SET tries_before = 1",
        "UPDATE webhook_deliveries SET webhook_id = gen_random_uuid()",
        (
            "INSERT INTO webhook_deliveries SELECT"
            " (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid()))).* FROM webhook_deliveries d"
        ),
        (
            "INSERT INTO webhooks SELECT"
            " (jsonb_populate_record(w, jsonb_build_object('id', gen_random_uuid()))).* FROM webhooks w"
        ),
    ],
)
async def test_a_webhook_or_delivery_that_makes_no_sense_is_refused(query: Query, statement: str) -> None:
    await query(
        "INSERT INTO webhooks VALUES (gen_random_uuid(), gen_random_uuid(), 'https://a.example', '{}', '', '', now(),"
        " NULL, now(), now(), 'key', 'asked')"
    )
    await query(
        "INSERT INTO webhook_deliveries (id, webhook_id, type, video_id, attempt, body, status, tries, tries_before,"
        " created_at, due_at) SELECT gen_random_uuid(), id, 'video.failed.v1', id, 1, '{}', 'pending', 0, 0, now(),"
        " now() FROM webhooks"
    )
    with pytest.raises(IntegrityError):
        await query(statement)
