"""Transactions of PostgreSQL as units of work."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fiapx_common.postgres import AuditTrail, Outbox, OutboxRelay, transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from auth_service.repositories.api_keys import PostgresApiKeys
from auth_service.repositories.doors import PostgresRegistrationDoor
from auth_service.repositories.link_tokens import PostgresLinkTokens, PostgresResetRequests
from auth_service.repositories.sessions import PostgresSessions
from auth_service.repositories.signing_keys import KeyCipher, PostgresSigningKeys
from auth_service.repositories.user_list import PostgresUserList
from auth_service.repositories.users import PostgresUsers


class PostgresUnitOfWork:
    """Implements the port `UnitOfWork`."""

    def __init__(self, connection: AsyncConnection, relay: OutboxRelay, cipher: KeyCipher) -> None:
        self._connection = connection
        self._relay = relay
        self.users = PostgresUsers(connection)
        self.sessions = PostgresSessions(connection)
        self.api_keys = PostgresApiKeys(connection)
        self.link_tokens = PostgresLinkTokens(connection)
        self.reset_requests = PostgresResetRequests(connection)
        self.signing_keys = PostgresSigningKeys(connection, cipher)
        self.registration = PostgresRegistrationDoor(connection)
        self.user_list = PostgresUserList(connection)
        self.audit = AuditTrail(connection)
        self.outbox = Outbox(connection)

    async def commit(self) -> None:
        await self._connection.commit()
        self._relay.wake()


class PostgresUnitsOfWork:
    """Implements the port `UnitsOfWork`."""

    def __init__(self, engine: AsyncEngine, relay: OutboxRelay, cipher: KeyCipher) -> None:
        self._engine = engine
        self._relay = relay
        self._cipher = cipher

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[PostgresUnitOfWork]:
        async with transaction(self._engine) as connection:
            yield PostgresUnitOfWork(connection, self._relay, self._cipher)
