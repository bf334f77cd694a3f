"""Counts for throttling: in Redis, and in PostgreSQL while Redis is away."""

import time
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from fiapx_common.errors import Unavailable
from fiapx_common.postgres import transaction
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from auth_service.entities.throttling import Count
from auth_service.repositories.tables import THROTTLE_COUNTS
from auth_service.services.ports import Counts

_PREFIX = "auth:throttle:"
_SKIP_S = 2.0
_MS = 1000
log = structlog.get_logger(__name__)


class RedisCounts:
    """Implements the port `Counts`: one key each, which expires with its window."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, key: str, window_s: int) -> Count:
        name = _PREFIX + key
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.set(name, 0, ex=window_s, nx=True)
        pipeline.incr(name)
        pipeline.pttl(name)
        try:
            _, count, left_ms = await pipeline.execute()
        except (RedisError, OSError) as error:
            raise _redis_away(error) from error
        return Count(count, left_ms / _MS)

    async def read(self, key: str) -> Count:
        name = _PREFIX + key
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.get(name)
        pipeline.pttl(name)
        try:
            count, left_ms = await pipeline.execute()
        except (RedisError, OSError) as error:
            raise _redis_away(error) from error
        return Count(int(count or 0), max(left_ms, 0) / _MS)


class PostgresCounts:
    """Implements the port `Counts`: one row each, in transactions of their own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, key: str, window_s: int) -> Count:
        now = datetime.now(UTC)
        table = THROTTLE_COUNTS.c
        fresh = postgresql.insert(THROTTLE_COUNTS).values(key=key, count=1, resets_at=now + timedelta(seconds=window_s))
        over = table.resets_at <= now
        statement = fresh.on_conflict_do_update(
            index_elements=[table.key],
            set_={
                "count": sa.case((over, 1), else_=table.count + 1),
                "resets_at": sa.case((over, fresh.excluded.resets_at), else_=table.resets_at),
            },
        ).returning(table.count, table.resets_at)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(statement)).one()
            await connection.commit()
        return Count(row[0], (row[1] - now).total_seconds())

    async def read(self, key: str) -> Count:
        now = datetime.now(UTC)
        table = THROTTLE_COUNTS.c
        query = sa.select(table.count, table.resets_at).where(table.key == key, table.resets_at > now)
        async with transaction(self._engine) as connection:
            row = (await connection.execute(query)).one_or_none()
        return Count(row[0], (row[1] - now).total_seconds()) if row else Count(0, 0)

    async def forget(self) -> None:
        """Deletes windows that are over."""
        async with transaction(self._engine) as connection:
            await connection.execute(THROTTLE_COUNTS.delete().where(THROTTLE_COUNTS.c.resets_at <= datetime.now(UTC)))
            await connection.commit()


class FallbackCounts:
    """Implements the port `Counts`: the first, or the second while the first is away.

    What the one counted the other does not know, so a guesser gets at most the double of what is allowed.
    """

    def __init__(self, first: Counts, second: Counts) -> None:
        self._first = first
        self._second = second
        self._first_again_at = 0.0

    async def add(self, key: str, window_s: int) -> Count:
        if self._first_may_answer():
            try:
                return await self._first.add(key, window_s)
            except Unavailable as error:
                self._first_is_away(error)
        return await self._second.add(key, window_s)

    async def read(self, key: str) -> Count:
        if self._first_may_answer():
            try:
                return await self._first.read(key)
            except Unavailable as error:
                self._first_is_away(error)
        return await self._second.read(key)

    def _first_may_answer(self) -> bool:
        return time.monotonic() >= self._first_again_at

    def _first_is_away(self, error: Unavailable) -> None:
        # A time-out for each call would make every login slow.
        self._first_again_at = time.monotonic() + _SKIP_S
        log.warning("throttle.fallback", error=error.code, detail=error.detail)


def _redis_away(error: Exception) -> Unavailable:
    return Unavailable("redis_unavailable", f"Redis does not answer ({type(error).__name__}).")
