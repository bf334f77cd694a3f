"""One of several processes works, the others stand by: an advisory lock that falls with its connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import sqlalchemy as sa
from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from fiapx_common.postgres.transactions import acquire


@asynccontextmanager
async def leadership(engine: AsyncEngine, what: str) -> AsyncIterator[AsyncConnection | None]:
    """The connection that holds the lock, each statement on it a transaction of its own; None: another one leads.

    Work done on this very connection stops when the lock is lost. Needs a server session of its own (no transaction
    pooling between us and PostgreSQL). Raises Unavailable.
    """
    with suppress_instrumentation():
        connection = await acquire(engine)
    leads = False
    try:
        with suppress_instrumentation():
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            leads = bool(await connection.scalar(sa.select(sa.func.pg_try_advisory_lock(lock_key(what)))))
        yield connection if leads else None
    finally:
        if leads:
            await connection.invalidate()  # closes the session, and the lock with it
        await connection.close()


def lock_key(what: str) -> int:
    """A signed 64-bit number, the same in each process."""
    return int.from_bytes(sha256(what.encode()).digest()[:8], "big", signed=True)
