"""PostgreSQL: a database per service, an owner role that migrates and a service role with the least rights."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from fiapx_local.binaries import find
from fiapx_local.program import Program
from fiapx_local.servers.postgres_identity import Identity, identity
from fiapx_local.settings import SERVICES_WITH_DATABASE, StackSettings

_BINARIES = "usr/lib/postgresql/*/bin"
SUPERUSER = "fiapx"

_DATABASE = """
SELECT 'CREATE ROLE {owner} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') \\gexec
SELECT 'CREATE ROLE {role} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec
ALTER ROLE {owner} PASSWORD '{owner_password}';
ALTER ROLE {role} PASSWORD '{password}';
SELECT 'CREATE DATABASE {database} OWNER {owner}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
\\connect {database}
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {role};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO {owner};
GRANT USAGE ON SCHEMA public TO {role};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role};
"""


@dataclass(frozen=True)
class Postgres:
    """The stack's PostgreSQL server."""

    settings: StackSettings
    name: str = "postgres"
    description: str = "PostgreSQL"

    @property
    def port(self) -> int:
        return self.settings.ports.inner.postgres

    @property
    def address(self) -> str:
        return f"{self.settings.host}:{self.port}"

    @property
    def superuser_password(self) -> str:
        return self.settings.credentials.of("postgres")

    def dsn(self, service: str, *, owner: bool = False, database: str | None = None) -> str:
        """The address of a service's database for SQLAlchemy over asyncpg, as the service or as the owner."""
        role = f"{service}_owner" if owner else service
        password = self.settings.credentials.of(f"postgres-{role}")
        return f"postgresql+asyncpg://{role}:{password}@{self.address}/{database or service}"

    def programs(self) -> list[Program]:
        argv = self._identity().run_as(
            find("postgres", _BINARIES),
            *("-D", str(self._data)),
            *self._options(),
        )
        return [Program(self.name, tuple(argv), self._data.parent, stop_signal="INT", stop_wait_s=20)]

    def prepare(self) -> None:
        if (self._data / "PG_VERSION").exists():
            return
        identity_ = self._identity()
        identity_.hand_over(self._data.parent)
        password_file = self.settings.layout.run / "postgres.password"
        password_file.write_text(self.superuser_password)
        identity_.hand_over(password_file)
        part = self._data.with_name("data.part")
        subprocess.run(["rm", "-rf", "--", str(part)], check=True)
        command = identity_.run_as(
            find("initdb", _BINARIES),
            *("--pgdata", str(part), "--username", SUPERUSER, "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._data.parent)
        password_file.unlink()
        part.rename(self._data)

    def is_ready(self) -> bool:
        command = [find("pg_isready", _BINARIES), "-q", "-h", self.settings.host, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def provision(self) -> None:
        self.run_sql("".join(self.database_sql(service, service) for service in SERVICES_WITH_DATABASE))

    def database_sql(self, service: str, database: str) -> str:
        """What makes a database for a service, with its two roles; may be run over an existing one."""
        secret = self.settings.credentials.of
        return _DATABASE.format(
            database=database,
            role=service,
            owner=f"{service}_owner",
            password=secret(f"postgres-{service}"),
            owner_password=secret(f"postgres-{service}_owner"),
        )

    def run_sql(self, script: str) -> None:
        """Run a psql script as the superuser; it ends at the first error."""
        command = [find("psql", _BINARIES), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        connection = {
            "PGHOST": self.settings.host,
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": self.superuser_password,
            "PGDATABASE": "postgres",
            "PGCONNECT_TIMEOUT": "10",
        }
        environment = {**os.environ, **connection}
        subprocess.run(command, input=script, text=True, check=True, timeout=60, env=environment)

    @property
    def _data(self) -> Path:
        return self.settings.layout.postgres / "data"

    def _identity(self) -> Identity:
        self._data.parent.mkdir(mode=0o700, exist_ok=True)
        return identity(self._data.parent)

    def _options(self) -> list[str]:
        options = {
            "listen_addresses": self.settings.bind,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "300",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.settings.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
