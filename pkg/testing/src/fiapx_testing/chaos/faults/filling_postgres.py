"""A PostgreSQL whose disk is full."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fiapx_local.servers import Postgres
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from fiapx_testing.chaos.faults.kinds import Healed
from fiapx_testing.chaos.schedule import Strike
from fiapx_testing.chaos.small_disk import keep_full
from fiapx_testing.platforms import Platform

_GROW: Final = "CREATE TEMPORARY TABLE grown AS SELECT repeat(random()::text, 100) FROM generate_series(1, 1000)"
"""Some 2 MB, of which no log is written."""
_TIMEOUT_S: Final = 10.0


@dataclass(frozen=True)
class FullPostgres:
    """Neither its tables nor its log can grow: what is written fails, or the server ends itself (PANIC)."""

    platform: Platform
    disk: Path

    def strike(self, strike: Strike) -> Healed:
        """Raises AssertionError: a table could grow meanwhile."""
        keep_full(self.disk, strike.lasts_s, self._cannot_grow)
        return lambda: asyncio.run(self._grows()) and self.platform.is_whole()

    def _cannot_grow(self) -> None:
        assert not asyncio.run(self._grows()), "a table grew on a full disk"

    async def _grows(self) -> bool:
        dsn = Postgres(self.platform.stack.settings).dsn("processing", owner=True)
        limits = {"timeout": _TIMEOUT_S, "command_timeout": _TIMEOUT_S}
        engine = create_async_engine(dsn, connect_args=limits)
        try:
            async with engine.begin() as connection:
                await connection.execute(text(_GROW))
        except (DBAPIError, OSError, TimeoutError):
            return False
        else:
            return True
        finally:
            await engine.dispose()
