"""Which of PostgreSQL's errors mean: not now, perhaps later."""

from typing import Final

from sqlalchemy.engine import ExceptionContext

from fiapx_common.errors import Unavailable

# SQLSTATE classes: connection exception, transaction rollback (deadlock, serialization), insufficient resources,
# operator intervention (shutdown, cancelled by statement_timeout), system error
_LATER_CLASSES: Final = ("08", "40", "53", "57", "58")
# lock_not_available, idle_in_transaction_session_timeout, read_only_sql_transaction (a replica, during a failover)
_LATER_STATES: Final = ("55P03", "25P03", "25006")


def unavailable(error: BaseException) -> Unavailable:
    return Unavailable("database_unavailable", f"PostgreSQL does not answer ({type(error).__name__}).")


def means_later(error: BaseException) -> bool:
    """True for a lost or refused connection, a time-out, a deadlock; False for what would fail again."""
    if isinstance(error, OSError | TimeoutError):
        return True
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and (state[:2] in _LATER_CLASSES or state in _LATER_STATES)


def translate(context: ExceptionContext) -> BaseException | None:
    """SQLAlchemy's `handle_error` event: the exception to raise instead, or None."""
    error = context.original_exception
    if context.is_pre_ping or isinstance(error, Unavailable):
        return None  # the pool must see its ping fail, to replace the connection
    if not isinstance(error, Exception):
        return None  # a cancelled statement stays a cancellation, although it costs the connection
    driver_error = error.__cause__ or error
    if context.is_disconnect or means_later(error) or means_later(driver_error):
        return unavailable(driver_error)
    return None
