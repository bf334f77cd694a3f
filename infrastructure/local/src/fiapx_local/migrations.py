"""Brings each service's database (and the bucket) to the state that its code expects."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from fiapx_local import environment
from fiapx_local.errors import StackError
from fiapx_local.log_tail import tail
from fiapx_local.servers import Postgres
from fiapx_local.services import Service
from fiapx_local.settings import StackSettings

_TIMEOUT_S = 120


class MigrationFailed(StackError):
    """A service's migration ended with an error."""


def migrate(settings: StackSettings, services: list[Service]) -> None:
    """Run each service's migrations once, as its database's owner, side by side."""
    with_database = {service.prefix: service for service in services if service.prefix != "GATEWAY"}
    with ThreadPoolExecutor(len(with_database)) as pool:
        list(pool.map(lambda service: _migrate(settings, service), with_database.values()))


def _migrate(settings: StackSettings, service: Service) -> None:
    name = service.prefix.lower()
    owner = {f"{service.prefix}_POSTGRES__OWNER_DSN": Postgres(settings).dsn(name, owner=True)}
    log = settings.layout.log(f"migrate-{name}")
    with log.open("wb") as output:
        run = subprocess.run(
            [sys.executable, "-m", f"{service.package}.migrate"],
            cwd=service.directory,
            env={**environment.of_processes(settings.layout.state), **service.environment(), **owner},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_S,
            check=False,
        )
    if run.returncode != 0:
        raise MigrationFailed(f"the migration of {service.folder} failed ({log}):\n{tail(log)}")
