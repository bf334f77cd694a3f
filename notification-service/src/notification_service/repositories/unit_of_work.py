"""One transaction over everything that a use case touches."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fiapx_common.postgres import Inbox, transaction
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from notification_service.repositories.delivery_log import PostgresDeliveryLog
from notification_service.repositories.mail_queue import PostgresMailQueue
from notification_service.repositories.recipient_book import PostgresRecipientBook
from notification_service.repositories.webhook_book import PostgresWebhookBook


class PostgresUnitOfWork:
    """A port's `UnitOfWork`."""

    def __init__(self, connection: AsyncConnection, message_id_domain: str, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._committed = committed
        self.recipients = PostgresRecipientBook(connection)
        self.mails = PostgresMailQueue(connection, message_id_domain)
        self.webhooks = PostgresWebhookBook(connection)
        self.deliveries = PostgresDeliveryLog(connection)
        self.seen = Inbox(connection)

    async def commit(self) -> None:
        await self._connection.commit()
        self._committed()


class PostgresUnitsOfWork:
    """A port's `UnitsOfWork`."""

    def __init__(self, engine: AsyncEngine, message_id_domain: str, committed: Callable[[], None]) -> None:
        """`committed` is called after each commit: there may be something to send."""
        self._engine = engine
        self._domain = message_id_domain
        self._committed = committed

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[PostgresUnitOfWork]:
        async with transaction(self._engine) as connection:
            yield PostgresUnitOfWork(connection, self._domain, self._committed)
