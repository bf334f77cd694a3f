"""Transactions on the database `processing`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fiapx_common.postgres import AuditTrail, Inbox, Outbox, OutboxRelay, transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from processing_service.repositories.frames import PostgresFrames
from processing_service.repositories.jobs import PostgresJobs
from processing_service.repositories.kept_results import PostgresKeptResults
from processing_service.repositories.leftovers import PostgresLeftovers
from processing_service.repositories.live_jobs import PostgresLiveJobs
from processing_service.repositories.processes import PostgresProcesses
from processing_service.repositories.segments import PostgresSegments
from processing_service.repositories.turns import PostgresTurns
from processing_service.repositories.videos import PostgresVideos
from processing_service.repositories.workload import PostgresWorkload


class PostgresUnitOfWork:
    """One transaction on one connection."""

    def __init__(self, connection: AsyncConnection, relay: OutboxRelay) -> None:
        self._connection = connection
        self._relay = relay
        self.videos = PostgresVideos(connection)
        self.jobs = PostgresJobs(connection)
        self.leftovers = PostgresLeftovers(connection)
        self.segments = PostgresSegments(connection)
        self.turns = PostgresTurns(connection)
        self.frames = PostgresFrames(connection)
        self.kept_results = PostgresKeptResults(connection)
        self.workload = PostgresWorkload(connection)
        self.live_jobs = PostgresLiveJobs(connection)
        self.processes = PostgresProcesses(connection)
        self.audit = AuditTrail(connection)
        self.outbox = Outbox(connection)
        self.inbox = Inbox(connection)

    async def commit(self) -> None:
        await self._connection.commit()
        self._relay.wake()


class PostgresUnitsOfWork:
    """Begins transactions on the service's pool."""

    def __init__(self, engine: AsyncEngine, relay: OutboxRelay) -> None:
        self._engine = engine
        self._relay = relay

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[PostgresUnitOfWork]:
        async with transaction(self._engine) as connection:
            yield PostgresUnitOfWork(connection, self._relay)
