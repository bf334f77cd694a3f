"""Starting, readiness, and refusing to start."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from auth_service.bootstrap import running
from auth_service.repositories.tables import METADATA
from auth_service.settings import Settings
from fiapx_common.postgres import OldSchema, create_engine, downgrade, upgrade
from fiapx_common.settings import PostgresSettings
from fiapx_testing.databases import Database
from fiapx_testing.plugin import CreateDatabase
from fiapx_testing.waiting import PATIENCE_S, until
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SERVICE = Path(__file__).parents[2]
MIGRATIONS = SERVICE / "migrations"
Distant = Any  # conftest's
Eventually = Any


async def probe(address: str | None, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as http:
        return await http.get(f"http://{address}{path}")


async def is_ready(address: str | None) -> bool:
    return (await probe(address, "/health/ready")).status_code == 200


async def test_a_started_service_is_live_ready_and_measured(settings: Settings) -> None:
    async with running(settings) as started:
        answers = [await probe(started.ops, path) for path in ("/health/live", "/health/ready", "/metrics")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "fiapx_" in answers[2].text


async def test_without_postgres_it_is_live_and_not_ready_until_it_heals(distant: Distant) -> None:
    async with running(distant.settings) as started:
        distant.postgres.cut()
        assert (await probe(started.ops, "/health/ready")).status_code == 503
        assert (await probe(started.ops, "/health/live")).status_code == 200
        distant.postgres.forward()
        await until(lambda: is_ready(started.ops))


async def test_without_redis_and_rabbitmq_it_starts_and_is_ready(distant: Distant) -> None:
    distant.redis.cut()
    distant.rabbitmq.cut()
    async with running(distant.settings) as started:
        assert (await probe(started.ops, "/health/ready")).status_code == 200


async def test_an_old_schema_is_refused(settings: Settings, postgres_database: CreateDatabase) -> None:
    empty = await asyncio.to_thread(postgres_database, "auth")
    old = settings.model_copy(update={"postgres": PostgresSettings(dsn=SecretStr(empty.dsn))})
    with pytest.raises(OldSchema):
        async with running(old):
            raise AssertionError("started")


async def test_migrations_go_up_and_down_and_up_again(postgres_database: CreateDatabase) -> None:
    empty = await asyncio.to_thread(postgres_database, "auth")
    tables: list[set[str]] = []
    for step in (upgrade, downgrade, upgrade):
        await step(empty.owner_dsn, MIGRATIONS)
        engine = create_async_engine(empty.owner_dsn)
        async with engine.connect() as connection:
            tables.append(set(await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())))
        await engine.dispose()
    ours = {
        "users",
        "sessions",
        "refresh_tokens",
        "signing_keys",
        "throttle_counts",
        "closed_doors",
        "operator_actions",
        "outbox",
        "link_tokens",
        "reset_requests",
        "api_keys",
    }
    assert tables == [{*ours, "alembic_version"}, {"alembic_version"}, {*ours, "alembic_version"}]


async def test_the_tables_in_the_code_are_those_of_the_migrations(engine: AsyncEngine) -> None:
    def columns(connection: sa.Connection, table: str) -> dict[str, bool]:
        return {column["name"]: column["nullable"] for column in sa.inspect(connection).get_columns(table)}

    async with engine.connect() as connection:
        for name, table in METADATA.tables.items():
            there = await connection.run_sync(columns, name)
            assert {column.name: bool(column.nullable) for column in table.columns} == there


async def test_the_service_may_not_change_its_schema(database: Database) -> None:
    engine = create_engine(PostgresSettings(dsn=SecretStr(database.dsn)), "tests")
    with pytest.raises(sa.exc.ProgrammingError):
        async with engine.begin() as connection:
            await connection.execute(sa.text("CREATE TABLE x (y int)"))
    await engine.dispose()


async def test_it_runs_as_a_process_from_its_folder_until_sigterm(
    settings: Settings, postgres_database: CreateDatabase
) -> None:
    empty = await asyncio.to_thread(postgres_database, "auth")
    environment = {
        "PATH": "/usr/bin:/bin",
        "AUTH_POSTGRES__DSN": empty.dsn,
        "AUTH_POSTGRES__OWNER_DSN": empty.owner_dsn,
        "AUTH_REDIS__URL": settings.redis.url.get_secret_value(),
        "AUTH_BROKER__URL": settings.broker.url.get_secret_value(),
        "AUTH_ISSUER": settings.issuer,
        "AUTH_KEY_ENCRYPTION_KEY": settings.key_encryption_key.get_secret_value(),
        "AUTH_OPS__LISTEN": "127.0.0.1:0",
    }
    migrated = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "auth_service.migrate", cwd=SERVICE, env=environment
    )
    assert await asyncio.wait_for(migrated.wait(), PATIENCE_S) == 0
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "auth_service", cwd=SERVICE, env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        async for line in process.stdout:
            if b"service.started" in line:
                break
    process.terminate()
    output, _ = await asyncio.wait_for(process.communicate(), PATIENCE_S)
    assert process.returncode == 0
    assert b"service.stopping" in output
