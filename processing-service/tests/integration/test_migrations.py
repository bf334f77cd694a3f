"""The schema, up and down."""

import asyncio
import os
import sys
from pathlib import Path

import sqlalchemy as sa
from fiapx_common.postgres import downgrade, upgrade
from fiapx_testing.databases import Database
from fiapx_testing.plugin import CreateDatabase
from processing_service.repositories.tables import METADATA
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATIONS = Path(__file__).parents[2] / "migrations"


async def columns(database: Database) -> dict[str, set[str]]:
    """By table."""
    engine = create_async_engine(database.owner_dsn)
    async with engine.connect() as connection:
        found = await connection.execute(
            sa.text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'")
        )
        tables: dict[str, set[str]] = {}
        for table, column in found:
            tables.setdefault(table, set()).add(column)
    await engine.dispose()
    return tables


async def test_the_tables_are_those_that_the_code_knows(postgres_database: CreateDatabase) -> None:
    database = await asyncio.to_thread(postgres_database, "processing")
    await upgrade(database.owner_dsn, MIGRATIONS)
    made = await columns(database)
    for table in METADATA.tables.values():
        assert made[table.name] == set(table.columns.keys())
    assert {"outbox", "inbox"} < made.keys()


async def test_the_migrations_run_as_a_program(postgres_database: CreateDatabase) -> None:
    database = await asyncio.to_thread(postgres_database, "processing")
    environment = {**os.environ, "PROCESSING_POSTGRES__OWNER_DSN": database.owner_dsn}
    migrating = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "processing_service.migrate", cwd=MIGRATIONS.parent, env=environment
    )
    assert await migrating.wait() == 0
    assert "jobs" in await columns(database)


async def test_the_way_down_leaves_nothing_and_the_way_up_is_open_again(postgres_database: CreateDatabase) -> None:
    database = await asyncio.to_thread(postgres_database, "processing")
    await upgrade(database.owner_dsn, MIGRATIONS)
    await downgrade(database.owner_dsn, MIGRATIONS)
    assert set(await columns(database)) <= {"alembic_version"}
    await upgrade(database.owner_dsn, MIGRATIONS)
    assert "jobs" in await columns(database)
