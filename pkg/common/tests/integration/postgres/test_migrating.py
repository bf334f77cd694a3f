"""Up, down, and no service on an old schema."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from fiapx_common.postgres import (
    OldSchema,
    create_engine,
    downgrade,
    main,
    require_current_schema,
    transaction,
    upgrade,
)
from fiapx_common.settings import OwnerPostgresSettings, PostgresSettings
from fiapx_testing.databases import Database
from pydantic import SecretStr

BROKEN = """
import sqlalchemy as sa
from alembic import op
revision = "0003"
down_revision = "0002"
def upgrade():
    op.add_column("things", sa.Column("size", sa.Integer))
    op.execute("SELECT nonsense")
def downgrade():
    pass
"""


async def columns(settings: PostgresSettings) -> set[str]:
    """table.column, of all tables."""
    engine = create_engine(settings, "test-service")
    query = "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'"
    async with transaction(engine) as connection:
        found = set((await connection.scalars(sa.text(query))).all())
    await engine.dispose()
    return found


async def require(settings: PostgresSettings, migrations_dir: Path) -> None:
    engine = create_engine(settings, "test-service")
    try:
        await require_current_schema(engine, migrations_dir)
    finally:
        await engine.dispose()


async def test_going_up_makes_every_table(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await upgrade(database.owner_dsn, migrations_dir)
    assert {"things.colour", "outbox.sequence", "inbox.message_id"} <= await columns(database_settings)
    await require(database_settings, migrations_dir)


async def test_going_up_twice_changes_nothing(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await upgrade(database.owner_dsn, migrations_dir)
    before = await columns(database_settings)
    await upgrade(database.owner_dsn, migrations_dir)
    assert await columns(database_settings) == before


async def test_going_down_leaves_nothing(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await upgrade(database.owner_dsn, migrations_dir)
    await downgrade(database.owner_dsn, migrations_dir)
    assert await columns(database_settings) == {"alembic_version.version_num"}


async def test_several_at_once_wait_for_one_another(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await asyncio.gather(*[upgrade(database.owner_dsn, migrations_dir) for _ in range(3)])
    await require(database_settings, migrations_dir)


async def test_a_migration_that_fails_leaves_no_half(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    (migrations_dir / "versions" / "0003_broken.py").write_text(BROKEN)
    with pytest.raises(sa.exc.ProgrammingError):
        await upgrade(database.owner_dsn, migrations_dir)
    assert await columns(database_settings) == set()


def test_the_command_goes_up_and_down(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    owner = OwnerPostgresSettings(owner_dsn=SecretStr(database.owner_dsn))
    main(owner, migrations_dir, [])
    assert "things.colour" in asyncio.run(columns(database_settings))
    main(owner, migrations_dir, ["downgrade", "-1"])
    assert "things.colour" not in asyncio.run(columns(database_settings))
    assert "things.name" in asyncio.run(columns(database_settings))


def test_the_command_does_not_go_down_without_being_told_how_far(database: Database, migrations_dir: Path) -> None:
    owner = OwnerPostgresSettings(owner_dsn=SecretStr(database.owner_dsn))
    with pytest.raises(SystemExit):
        main(owner, migrations_dir, ["downgrade"])


async def test_a_database_never_migrated_is_refused(database_settings: PostgresSettings, migrations_dir: Path) -> None:
    with pytest.raises(OldSchema, match="at nothing, but 0002"):
        await require(database_settings, migrations_dir)


async def test_a_schema_behind_the_code_is_refused(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await upgrade(database.owner_dsn, migrations_dir, "0001")
    with pytest.raises(OldSchema, match="at 0001, but 0002"):
        await require(database_settings, migrations_dir)


async def test_a_schema_ahead_of_the_code_passes(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> None:
    await upgrade(database.owner_dsn, migrations_dir)
    (migrations_dir / "versions" / "0002_colours.py").unlink()
    await require(database_settings, migrations_dir)
