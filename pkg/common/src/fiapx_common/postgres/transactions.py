"""One transaction: nothing stays unless `commit()` is called."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fiapx_common.metrics import calling
from fiapx_common.postgres.failures import unavailable

ACQUIRE_TIMEOUT: Final = "fiapx_acquire_timeout_s"
_DEFAULT_TIMEOUT_S: Final = 5.0


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Rolls back at the end; what shall stay is committed by `await connection.commit()` at the edge of the use case.

    Raises:
        Unavailable: no connection in time (refused, lost, none free), or one of the statements inside found so.
    """
    connection = await acquire(engine)
    try:
        yield connection
    finally:
        await asyncio.shield(connection.close())  # whoever is cancelled meanwhile: the pool gets it back


async def acquire(engine: AsyncEngine) -> AsyncConnection:
    """A connection of the pool, tested; to be closed. Waiting, connecting and testing share one time-out."""
    timeout_s = engine.get_execution_options().get(ACQUIRE_TIMEOUT, _DEFAULT_TIMEOUT_S)
    with calling("postgres", "connect"):
        try:
            async with asyncio.timeout(timeout_s):
                return await engine.connect()
        except Exception as error:
            raise unavailable(error) from error
