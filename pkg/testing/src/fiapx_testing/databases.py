"""Fresh PostgreSQL databases, each with its service's two roles."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine

from fiapx_testing.servers import Server

_PASSWORD = "tests-only"
_TIMEOUT_S = 30


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
    """Makes databases on one server and drops them again."""

    server: Server
    _migrated: dict[tuple[str, Migrate], str] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)

    def create(self, service: str, migrate: Migrate | None = None) -> Database:
        """A fresh database for a service; migrated ones are copies of one that was migrated once per process."""
        template = self._template(service, migrate) if migrate is not None else None
        return self._create(service, template)

    def drop(self, database: Database) -> None:
        self._run(self._execute("postgres", f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)'))
        self._made.remove(database.name)

    def drop_all(self) -> None:
        for name in list(self._made):
            self._run(self._execute("postgres", f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        self._made.clear()

    def _template(self, service: str, migrate: Migrate) -> str:
        known = self._migrated.get((service, migrate))
        if known is None:
            database = self._create(service, None)
            migrate(database.owner_dsn)
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

    async def _execute(self, database: str, *statements: str) -> None:
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
                    await connection.exec_driver_sql(statement)
        finally:
            await engine.dispose()

    def _dsn(self, role: str, database: str) -> str:
        return f"postgresql+asyncpg://{role}:{_PASSWORD}@{self.server.address}/{database}"

    @staticmethod
    def _run(work: Coroutine[Any, Any, None]) -> None:
        """Run to the end from tests with and without an event loop."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, work).result()


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
