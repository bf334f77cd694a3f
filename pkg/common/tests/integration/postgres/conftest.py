"""A database with an outbox, an inbox, a record of what operators did and one table of things."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fiapx_common.postgres import create_engine, upgrade
from fiapx_common.settings import PostgresSettings
from fiapx_testing.databases import Database
from fiapx_testing.plugin import CreateDatabase
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

ENV = """
from fiapx_common.postgres import alembic_env
alembic_env()
"""
FIRST = """
import sqlalchemy as sa
from alembic import op
from fiapx_common.postgres import create_inbox, create_operator_actions, create_outbox
from fiapx_common.postgres import drop_inbox, drop_operator_actions, drop_outbox
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("things", sa.Column("name", sa.Text, primary_key=True))
    create_outbox(op)
    create_inbox(op)
    create_operator_actions(op)
def downgrade():
    drop_operator_actions(op)
    drop_inbox(op)
    drop_outbox(op)
    op.drop_table("things")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.add_column("things", sa.Column("colour", sa.Text))
def downgrade():
    op.drop_column("things", "colour")
"""


@pytest.fixture
def migrations_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(ENV)
    (folder / "versions" / "0001_first.py").write_text(FIRST)
    (folder / "versions" / "0002_colours.py").write_text(SECOND)
    return folder


@pytest.fixture
def database(postgres_database: CreateDatabase) -> Database:
    """Empty."""
    return postgres_database("test")


@pytest.fixture
def database_settings(database: Database) -> PostgresSettings:
    return PostgresSettings(dsn=SecretStr(database.dsn))


@pytest.fixture
async def engine(
    database: Database, database_settings: PostgresSettings, migrations_dir: Path
) -> AsyncIterator[AsyncEngine]:
    """The service's engine on a migrated database."""
    await upgrade(database.owner_dsn, migrations_dir)
    made = create_engine(database_settings, "test-service")
    yield made
    await made.dispose()
