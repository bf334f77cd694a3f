"""Metrics of the database as its service sees it, and of the outbox, told by the relay that leads."""

import time
from typing import Final

import sqlalchemy as sa
from prometheus_client import Counter, Gauge
from sqlalchemy.engine import Connection, ExceptionContext, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from fiapx_common.errors import Unavailable
from fiapx_common.metrics import call_ended

PENDING: Final = Gauge("fiapx_outbox_pending_messages", "Rows waiting to be published")
LAG: Final = Gauge("fiapx_outbox_lag_seconds", "Age of the oldest row that waits")
RELAYED: Final = Counter("fiapx_outbox_relayed_total", "Rows published and deleted")
STUCK: Final = Counter("fiapx_outbox_stuck_total", "Times that a row could not be sent: no queue is bound", ["type"])
_BUSY: Final = Gauge("fiapx_postgres_connections_busy", "Connections of the pool in use")
_SIZE: Final = Gauge("fiapx_postgres_connections_limit", "Connections that the pool may have")

_BEGAN: Final = "_fiapx_began"


def measure(engine: AsyncEngine, pool_size: int) -> None:
    """Counts and times each statement, and shows how much of the pool is in use.

    To be called after the errors' translation is listened to: whoever listens later sees the translated error.
    """
    pool = engine.sync_engine.pool
    if isinstance(pool, QueuePool):
        _BUSY.set_function(pool.checkedout)
        _SIZE.set(pool_size)
    for name, listener in (
        ("before_cursor_execute", _began),
        ("after_cursor_execute", _ended),
        ("handle_error", _failed),
    ):
        sa.event.listen(engine.sync_engine, name, listener)


def _began(
    _connection: Connection, _cursor: object, _statement: str, _values: object, context: ExecutionContext, _many: bool
) -> None:
    setattr(context, _BEGAN, time.perf_counter())


def _ended(
    _connection: Connection, _cursor: object, _statement: str, _values: object, context: ExecutionContext, _many: bool
) -> None:
    _note(context, "ok")


def _failed(failure: ExceptionContext) -> None:
    if failure.execution_context is not None:
        _note(failure.execution_context, _result_of(failure))


def _result_of(failure: ExceptionContext) -> str:
    if not isinstance(failure.original_exception, Exception):
        return "cancelled"
    # the attribute is there only when a listener has translated; a constraint that refuses a row is an answer
    translated = getattr(failure, "chained_exception", None)
    return "unavailable" if isinstance(translated, Unavailable) else "refused"


def _note(context: ExecutionContext, result: str) -> None:
    began: float | None = getattr(context, _BEGAN, None)
    if began is not None:
        call_ended("postgres", "statement", result, time.perf_counter() - began)
