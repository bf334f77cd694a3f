"""Schema versions (Alembic): going up and down under the owner's role, and refusing to serve on an old one."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
import structlog
from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from fiapx_common.postgres.leading import lock_key
from fiapx_common.postgres.transactions import transaction
from fiapx_common.settings import OwnerPostgresSettings

log = structlog.get_logger(__name__)
_CONNECTION = "connection"


class OldSchema(Exception):
    """The database is behind the code: migrate first."""

    def __init__(self, found: str | None, needed: str | None) -> None:
        super().__init__(f"The schema is at {found or 'nothing'}, but {needed} is needed: run the migrations first.")


async def upgrade(owner_dsn: str, migrations_dir: Path, revision: str = "head") -> None:
    """All or nothing; several at once wait for one another."""
    await _migrate(owner_dsn, migrations_dir, lambda config: command.upgrade(config, revision))


async def downgrade(owner_dsn: str, migrations_dir: Path, revision: str = "base") -> None:
    await _migrate(owner_dsn, migrations_dir, lambda config: command.downgrade(config, revision))


def main(settings: OwnerPostgresSettings, migrations_dir: Path, argv: Sequence[str] | None = None) -> None:
    """The whole of a service's `migrate.py`: `[upgrade [revision] | downgrade revision]`."""
    parser = argparse.ArgumentParser(description="Migrates the service's database.")
    parser.add_argument("direction", nargs="?", choices=["upgrade", "downgrade"], default="upgrade")
    parser.add_argument("revision", nargs="?", help="default: head when going up; needed when going down")
    chosen = parser.parse_args(argv)
    dsn = settings.owner_dsn.get_secret_value()
    if chosen.direction == "upgrade":
        asyncio.run(upgrade(dsn, migrations_dir, chosen.revision or "head"))
    elif chosen.revision is None:
        parser.error("downgrade needs a revision: one of ours, -1, or base")
    else:
        asyncio.run(downgrade(dsn, migrations_dir, chosen.revision))
    log.info("schema.migrated", direction=chosen.direction, revision=chosen.revision or "head")


async def require_current_schema(engine: AsyncEngine, migrations_dir: Path) -> None:
    """A schema that is newer than this code passes, for rolling deploys.

    Raises:
        OldSchema: behind, or never migrated.
        Unavailable: the database does not answer.
    """
    scripts = await asyncio.to_thread(ScriptDirectory.from_config, _config(migrations_dir))
    known = await asyncio.to_thread(lambda: {script.revision for script in scripts.walk_revisions()})
    needed = scripts.get_current_head()
    async with transaction(engine) as connection:
        found = await connection.run_sync(_current_revision)
    if found != needed and (found is None or found in known):
        raise OldSchema(found, needed)


def alembic_env(target_metadata: sa.MetaData | None = None) -> None:
    """The whole of a service's `migrations/env.py`."""
    connection = context.config.attributes[_CONNECTION]
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()


async def _migrate(owner_dsn: str, migrations_dir: Path, step: Callable[[Config], None]) -> None:
    def run(connection: sa.Connection) -> None:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key("migrations"))))
        config = _config(migrations_dir)
        config.attributes[_CONNECTION] = connection
        step(config)

    engine = create_async_engine(owner_dsn, poolclass=sa.NullPool, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()


def _config(migrations_dir: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir.resolve()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _current_revision(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
