"""The schema's versions."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fiapx_common.postgres import create_engine, downgrade, upgrade
from fiapx_common.settings import PostgresSettings
from fiapx_testing.databases import Database
from fiapx_testing.plugin import CreateDatabase
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from upload_service.repositories.tables import METADATA

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def empty(postgres_database: CreateDatabase) -> Database:
    return postgres_database("upload")


async def public(database: Database) -> set[str]:
    """Tables and functions of ours."""
    engine = create_engine(PostgresSettings(dsn=SecretStr(database.owner_dsn)), "tests")
    found = """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
        UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """
    async with engine.connect() as connection:
        names = set((await connection.scalars(sa.text(found))).all())
    await engine.dispose()
    return names


async def test_up_and_down_and_up_again(empty: Database) -> None:
    await upgrade(empty.owner_dsn, MIGRATIONS)
    assert {"videos", "video_events", "outbox", "inbox"} <= await public(empty)
    await downgrade(empty.owner_dsn, MIGRATIONS)
    assert await public(empty) == {"alembic_version"}
    await upgrade(empty.owner_dsn, MIGRATIONS)
    assert {"videos", "video_events", "outbox", "inbox"} <= await public(empty)


async def test_the_tables_in_the_code_are_those_of_the_migrations(engine: AsyncEngine) -> None:
    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, METADATA))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_the_record_of_changes_cannot_be_rewritten(engine: AsyncEngine) -> None:
    add_video = """
        INSERT INTO videos (id, user_id, filename, size_bytes, tags, options_json, status, attempt, progress, warnings,
                            created_at, source_expires_at)
        VALUES (gen_random_uuid(), gen_random_uuid(), 'a', 1, '{}', '{}', 'queued', 1, 0, '[]', now(), now())
        RETURNING id
    """
    add_event = """
        INSERT INTO video_events (video_id, user_id, at, change) VALUES (:id, gen_random_uuid(), now(), '{}')
    """
    async with engine.connect() as connection:
        video_id = await connection.scalar(sa.text(add_video))
        await connection.execute(sa.text(add_event), {"id": video_id})
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(sa.text("UPDATE video_events SET at = now()"))
