"""Fresh PostgreSQL databases, each with its service's two roles."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine

from fiapx_testing.servers import Server

T = TypeVar("T")

_PASSWORD = "tests-only"
_TIMEOUT_S = 30

# All that a test may add, change or drop: columns, rights, indexes, constraints, triggers, functions.
_SCHEMA = """
    WITH tables AS (SELECT * FROM pg_class WHERE relnamespace = 'public'::regnamespace)
    SELECT md5(string_agg(told, ',' ORDER BY told)) FROM (
      SELECT concat_ws(' ', relname, relacl, attname, atttypid, attnotnull, attacl) AS told
      FROM tables JOIN pg_attribute ON attrelid = tables.oid WHERE attnum > 0 AND NOT attisdropped
      UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN tables ON indrelid = tables.oid
      UNION ALL SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c JOIN tables ON conrelid = tables.oid
      UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN tables ON tgrelid = tables.oid
      UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts
"""
_NOTE_SCHEMA = f"DO $$ BEGIN EXECUTE format('COMMENT ON SCHEMA public IS %L', ({_SCHEMA})); END $$"
_AS_MIGRATED = f"SELECT obj_description('public'::regnamespace, 'pg_namespace') = ({_SCHEMA})"
# Deleting a few rows is faster than truncating tables; without triggers the order of foreign keys does not matter.
_DELETE_ROWS = """
    DO $$ DECLARE name text; BEGIN
      SET LOCAL session_replication_role = replica;
      FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ('{%s}') LOOP
        EXECUTE format('DELETE FROM public.%%I', name);
      END LOOP;
    END $$
"""
_DISCONNECT_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_RESTART_SEQUENCES = """
    DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE public.%I RESTART', name);
      END LOOP;
    END $$
"""


@dataclass(frozen=True)
class Database:
    """One database of one service."""

    name: str
    dsn: str
    """For the service: reads and writes rows."""
    owner_dsn: str
    """For its migrations: makes and changes tables."""


Migrate = Callable[[str], None]
"""Brings the database behind an owner DSN to the newest schema."""


@dataclass
class Databases:
    """Makes databases on one server and drops them again.

    Copying a migrated one takes three times as long as emptying it, so those given back serve again.
    """

    server: Server
    _migrated: dict[tuple[str, Migrate], str] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)
    _copies: dict[str, str] = field(default_factory=dict)
    """The template of each copy."""
    _idle: dict[str, list[Database]] = field(default_factory=lambda: defaultdict(list))
    """Copies given back, by their template."""

    def create(self, service: str, migrate: Migrate | None = None) -> Database:
        """An empty database for a service; migrated ones are copies of one that was migrated once per process."""
        if migrate is None:
            return self._create(service, None)
        template = self._template(service, migrate)
        while idle := self._idle[template]:
            database = idle.pop()
            if self._emptied(database.name):
                return database
            self._drop(database.name)
        database = self._create(service, template)
        self._copies[database.name] = template
        return database

    def give_back(self, database: Database) -> None:
        """Its rows are of no use to anybody any more; what was not made by migrations is dropped."""
        template = self._copies.get(database.name)
        if template is None:
            self._drop(database.name)
        else:
            self._idle[template].append(database)

    def delete_rows(self, database: Database, kept: Collection[str] = ()) -> None:
        """Deletes every row, but of the tables `kept`; waits for transactions that hold one.

        Sequences go on: who is connected may know them.
        """
        self._run(self._execute(database.name, _delete_rows(kept)))

    def _emptied(self, name: str) -> bool:
        """Whether the schema is still as migrated; if so, no row is left."""
        return bool(
            self._run(self._execute(name, _DISCONNECT_OTHERS, _delete_rows(), _RESTART_SEQUENCES, _AS_MIGRATED))
        )

    def _drop(self, name: str) -> None:
        self._run(self._execute("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._made.remove(name)

    def drop_all(self) -> None:
        for name in list(self._made):
            self._run(self._execute("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._made.clear()

    def _template(self, service: str, migrate: Migrate) -> str:
        known = self._migrated.get((service, migrate))
        if known is None:
            database = self._create(service, None)
            migrate(database.owner_dsn)
            self._run(self._execute(database.name, _NOTE_SCHEMA))
            known = self._migrated[service, migrate] = database.name
        return known

    def _create(self, service: str, template: str | None) -> Database:
        name = f"{service}_{secrets.token_hex(6)}"
        role, owner = f"{service}_tests", f"{service}_tests_owner"
        self._run(self._make(name, role, owner, template))
        self._made.append(name)
        return Database(name, self._dsn(role, name), self._dsn(owner, name))

    async def _make(self, name: str, role: str, owner: str, template: str | None) -> None:
        copy = f' TEMPLATE "{template}"' if template else ""
        await self._execute(
            "postgres",
            _role(role),
            _role(owner),
            f'CREATE DATABASE "{name}" OWNER "{owner}"{copy}',
        )
        if template is None:
            await self._execute(name, *_rights(role, owner))

    async def _execute(self, database: str, *statements: str) -> object:
        """The first value of the last statement's answer, None where it has none."""
        url = URL.create(
            "postgresql+asyncpg",
            username=self.server.user,
            password=self.server.password,
            host=self.server.host,
            port=self.server.port,
            database=database,
        )
        limits = {"timeout": _TIMEOUT_S, "command_timeout": _TIMEOUT_S}
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", connect_args=limits)
        try:
            async with engine.connect() as connection:
                for statement in statements:
                    answer = await connection.exec_driver_sql(statement)
                return answer.scalar() if answer.returns_rows else None
        finally:
            await engine.dispose()

    def _dsn(self, role: str, database: str) -> str:
        return f"postgresql+asyncpg://{role}:{_PASSWORD}@{self.server.address}/{database}"

    @staticmethod
    def _run(work: Coroutine[Any, Any, T]) -> T:
        """Run to the end from tests with and without an event loop."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, work).result()


def _delete_rows(kept: Collection[str] = ()) -> str:
    return _DELETE_ROWS % ",".join(("alembic_version", *kept))


def _role(role: str) -> str:
    # Workers ask for the same roles at the same moment: the lock is held until the statement ends.
    return f"""
    DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(1);
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE "{role}" LOGIN PASSWORD '{_PASSWORD}';
      END IF;
    END $$
    """


def _rights(role: str, owner: str) -> list[str]:
    defaults = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public GRANT'
    return [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f'ALTER SCHEMA public OWNER TO "{owner}"',
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'{defaults} SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{role}"',
        f'{defaults} USAGE, SELECT ON SEQUENCES TO "{role}"',
    ]
