"""Transactions of PostgreSQL; after each commit the outbox's relay is woken and the changes are told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fiapx_common.postgres import AuditTrail, Inbox, Outbox, OutboxRelay, forget_seen, transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from upload_service.repositories.direct_uploads import PostgresDirectUploads
from upload_service.repositories.erased_users import PostgresErasedUsers
from upload_service.repositories.idempotency_keys import PostgresIdempotencyKeys
from upload_service.repositories.quotas import PostgresQuotas
from upload_service.repositories.shares import PostgresShares
from upload_service.repositories.source_records import PostgresSourceRecords
from upload_service.repositories.video_cache import RedisVideoCache
from upload_service.repositories.videos import PostgresVideos


class PostgresUnitOfWork:
    """One transaction."""

    def __init__(self, connection: AsyncConnection, relay: OutboxRelay) -> None:
        self._connection = connection
        self._relay = relay
        self.committed = False
        self.videos = PostgresVideos(connection)
        self.sources = PostgresSourceRecords(connection)
        self.direct_uploads = PostgresDirectUploads(connection)
        self.idempotency_keys = PostgresIdempotencyKeys(connection)
        self.shares = PostgresShares(connection)
        self.erased_users = PostgresErasedUsers(connection)
        self.quotas = PostgresQuotas(connection)
        self.audit = AuditTrail(connection)
        self.outbox = Outbox(connection)
        self.inbox = Inbox(connection)

    async def commit(self) -> None:
        await self._connection.commit()
        self._relay.wake()
        self.committed = True


class PostgresUnitsOfWork:
    """Makes them."""

    def __init__(self, engine: AsyncEngine, relay: OutboxRelay, cache: RedisVideoCache) -> None:
        self._engine = engine
        self._relay = relay
        self._cache = cache

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[PostgresUnitOfWork]:
        work: PostgresUnitOfWork | None = None
        try:
            async with transaction(self._engine) as connection:
                work = PostgresUnitOfWork(connection, self._relay)
                yield work
        finally:
            if work is not None and work.committed and work.videos.changes:
                await self._cache.tell(work.videos.changes.values())


class PostgresSeenMessages:
    """The inbox as a whole."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def forget(self, older_than: timedelta) -> int:
        return await forget_seen(self._engine, older_than)
