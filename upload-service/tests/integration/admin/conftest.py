"""The commands of operators, and dead letters for them."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import aio_pika
import pytest
import pytest_asyncio
from fiapx_common.messaging import BrokerConnection, Envelope, Publisher
from fiapx_common.messaging.connecting import Purpose
from fiapx_common.messaging.topology import DEAD, declare_queue
from fiapx_models.events import VideoProcessed
from fiapx_testing.admin_commands import Admin
from fiapx_testing.databases import Database
from upload_service.controllers.outcome_events import QUEUE
from upload_service.settings import Settings

if TYPE_CHECKING:
    from aio_pika.abc import HeadersType


@pytest.fixture
def admin(settings: Settings, database: Database) -> Admin:
    store = settings.store
    return Admin(
        "upload_service",
        Path(__file__).parents[3],
        {
            "UPLOAD_POSTGRES__DSN": database.dsn,
            "UPLOAD_BROKER__URL": settings.broker.url.get_secret_value(),
            "UPLOAD_REDIS__URL": settings.redis.url.get_secret_value(),
            "UPLOAD_STORE__ENDPOINT": store.endpoint,
            "UPLOAD_STORE__ACCESS_KEY": store.access_key.get_secret_value(),
            "UPLOAD_STORE__SECRET_KEY": store.secret_key.get_secret_value(),
        },
    )


@pytest_asyncio.fixture(loop_scope="module")
async def bury(messages: BrokerConnection) -> Callable[..., Awaitable[UUID]]:
    """Puts a message among the dead letters, as a consumer that gave up does; its id. There are no others before."""
    channel = await messages.channel(Purpose.CONSUMING)
    await (await declare_queue(channel, QUEUE, (), messages.timeout_s)).purge()
    await (await channel.get_queue(f"{QUEUE}.dead")).purge()
    publisher = Publisher(messages)

    async def call(body: bytes, kind: str = VideoProcessed.TYPE, subject: str = "a video") -> UUID:
        envelope = Envelope(kind, subject, body)
        headers: HeadersType = {
            "cloudEvents:type": kind,
            "cloudEvents:subject": subject,
            "fiapx-reason": "unexpected KeyError, 10 times",
            "fiapx-attempt": 10,
            "fiapx-died-at": "2026-11-30T09:00:00+00:00",
        }
        message = aio_pika.Message(body, message_id=str(envelope.id), type=kind, headers=headers)
        await publisher.send(message, DEAD, QUEUE)
        return envelope.id

    return call
