"""The rows of processing-service's segments: who has each, since when, and for the how manyth time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from fiapx_local.servers import Postgres
from fiapx_local.stack import Stack
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

_TIMEOUT_S: Final = 30
_ALL: Final = text(
    "SELECT number, state, lease_attempt, lease_holder, coalesce(taken_at, '0001-01-01Z') AS taken_at, charged"
    " FROM segments WHERE video_id = :video_id ORDER BY number"
)

_TIMES: Final = text(
    "SELECT extract(epoch FROM done_at - taken_at)::float AS seconds FROM segments JOIN jobs USING (video_id, attempt)"
    " WHERE jobs.user_id = :user_id AND segments.state = 'done' AND done_at > :since"
)


@dataclass(frozen=True)
class SegmentRow:
    """One segment of a video's only attempt."""

    number: int
    state: str
    """waiting, released, running or done."""
    lease_attempt: int
    """How often it was taken."""
    lease_holder: str | None
    """HOST-PID-WORD of the process that has it."""
    taken_at: datetime
    """The last time, by the database's clock, which is this machine's; of one never taken: year 1."""
    charged: int

    @property
    def pid(self) -> int:
        """Of the process that has it; 0: nobody has."""
        return int(self.lease_holder.rsplit("-", 2)[1]) if self.lease_holder else 0


@dataclass(frozen=True)
class SegmentRows:
    """Reads them past all proxies, over one connection."""

    _connection: AsyncConnection

    @classmethod
    @asynccontextmanager
    async def of(cls, stack: Stack) -> AsyncIterator[Self]:
        dsn = Postgres(stack.settings).dsn("processing", owner=True)
        engine = create_async_engine(
            dsn, isolation_level="AUTOCOMMIT", connect_args={"timeout": _TIMEOUT_S, "command_timeout": _TIMEOUT_S}
        )
        try:
            async with engine.connect() as connection:
                yield cls(connection)
        finally:
            await engine.dispose()

    async def all(self, video_id: UUID) -> list[SegmentRow]:
        """None before it is planned."""
        found = await self._connection.execute(_ALL, {"video_id": video_id})
        return [SegmentRow(**row) for row in found.mappings()]

    async def times_s(self, user_id: UUID, since: datetime) -> list[float]:
        """What each of a user's segments took that were done since then, from being taken."""
        found = await self._connection.execute(_TIMES, {"user_id": user_id, "since": since})
        return list(found.scalars())
