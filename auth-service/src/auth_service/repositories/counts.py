"""Counts for throttling: in Redis, and in PostgreSQL while Redis is away."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
import structlog
from fiapx_common.errors import Unavailable
from fiapx_common.postgres import transaction
from fiapx_common.redis import Circuit
from redis.asyncio import Redis
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from auth_service.entities.throttling import Count
from auth_service.repositories.tables import THROTTLE_COUNTS
from auth_service.services.ports import Counts

log = structlog.get_logger(__name__)
_PREFIX = "auth:throttle:"
_MS = 1000


class RedisCounts:
    """Implements the port `Counts`: one key each, which expires with its window."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit

    async def add(self, key: str, window_s: int) -> Count:
        name = _PREFIX + key

        async def ask(redis: Redis) -> Count:
            pipeline = redis.pipeline(transaction=True)
            pipeline.set(name, 0, ex=window_s, nx=True)
            pipeline.incr(name)
            pipeline.pttl(name)
            _, count, left_ms = await pipeline.execute()
            return Count(count, left_ms / _MS)

        return await self._circuit.ask(ask)

    async def read(self, key: str) -> Count:
        name = _PREFIX + key

        async def ask(redis: Redis) -> Count:
            pipeline = redis.pipeline(transaction=True)
            pipeline.get(name)
            pipeline.pttl(name)
            count, left_ms = await pipeline.execute()
            return Count(int(count or 0), max(left_ms, 0) / _MS)

        return await self._circuit.ask(ask)

    async def clear(self, key: str) -> None:
        await self._circuit.ask(lambda redis: redis.delete(_PREFIX + key))


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

    async def clear(self, key: str) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(THROTTLE_COUNTS.delete().where(THROTTLE_COUNTS.c.key == key))
            await connection.commit()

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

    async def add(self, key: str, window_s: int) -> Count:
        try:
            return await self._first.add(key, window_s)
        except Unavailable:
            return await self._second.add(key, window_s)

    async def read(self, key: str) -> Count:
        try:
            return await self._first.read(key)
        except Unavailable:
            return await self._second.read(key)

    async def clear(self, key: str) -> None:
        """In both, as each may have counted; where the first is away its count stays until its window is over."""
        await self._second.clear(key)
        try:
            await self._first.clear(key)
        except Unavailable as away:
            log.warning("throttling.not_cleared", code=away.code)
