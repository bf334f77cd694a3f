"""The database's clock: leases and ages are measured by it alone, since processes' clocks differ."""

from datetime import datetime

import sqlalchemy as sa


def now() -> sa.ColumnElement[datetime]:
    """When the transaction began."""
    return sa.func.now()


def from_now(seconds: float) -> sa.ColumnElement[datetime]:
    """That much later."""
    return sa.func.now() + _interval(seconds)


def ago(seconds: float) -> sa.ColumnElement[datetime]:
    """That much earlier."""
    return sa.func.now() - _interval(seconds)


def _interval(seconds: float) -> sa.ColumnElement[datetime]:
    return sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
