"""The pool of connections of one service."""

from typing import Final

import sqlalchemy as sa
import sqlalchemy.ext.asyncio
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy.ext.asyncio import AsyncEngine

from fiapx_common.postgres.failures import translate
from fiapx_common.postgres.measuring import measure
from fiapx_common.postgres.transactions import ACQUIRE_TIMEOUT, transaction
from fiapx_common.settings import PostgresSettings

# a transaction whose process was frozen or cut off gives up its locks after this many statement time-outs
_IDLE_FACTOR: Final = 6


def create_engine(settings: PostgresSettings, name: str) -> AsyncEngine:
    """`name` is what `pg_stat_activity` shows. Connections are opened when needed and tested before they are used.

    Whatever is executed on its connections raises Unavailable when the server is down, slow or stopping.
    """
    statement_ms = round(settings.timeout_s * 1000)
    instrumentor = SQLAlchemyInstrumentor()
    if not instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.instrument()
    # by its full name: instrumenting replaced the function in its module
    engine = sqlalchemy.ext.asyncio.create_async_engine(
        settings.dsn.get_secret_value(),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=settings.timeout_s,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
        execution_options={ACQUIRE_TIMEOUT: settings.timeout_s},
        connect_args={
            "timeout": settings.timeout_s,
            # the server ends a slow statement by itself; this is for a server that says nothing any more
            "command_timeout": settings.timeout_s + 1,
            "server_settings": {
                "application_name": name,
                "statement_timeout": str(statement_ms),
                "idle_in_transaction_session_timeout": str(statement_ms * _IDLE_FACTOR),
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "3",
                "tcp_keepalives_count": "3",
                "timezone": "UTC",
            },
        },
    )
    sa.event.listen(engine.sync_engine, "handle_error", translate, retval=True)
    measure(engine, settings.pool_size)
    return engine


async def check_database(engine: AsyncEngine) -> None:
    """A readiness check. Raises Unavailable unless a statement comes back in time."""
    with suppress_instrumentation():
        async with transaction(engine) as connection:
            await connection.execute(sa.text("SELECT 1"))
