"""Sweepers of the test's own."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
import pytest_asyncio
from fiapx_common.messaging import BrokerConnection, Publisher
from fiapx_common.object_store import MinioObjectStore
from fiapx_common.postgres import OutboxRelay
from fiapx_common.redis import Circuit, redis_client
from sqlalchemy.ext.asyncio import AsyncEngine
from upload_service.repositories.multiparts import MinioMultiparts
from upload_service.repositories.sources import MinioSources
from upload_service.repositories.unit_of_work import PostgresSeenMessages, PostgresUnitsOfWork
from upload_service.repositories.video_cache import RedisVideoCache
from upload_service.services.abandoned_uploads import AbandonedUploads
from upload_service.services.completing import Completing
from upload_service.services.leftovers import Leftovers
from upload_service.services.sweeping import Sweeping, SweepLimits
from upload_service.settings import Settings


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cache(settings: Settings) -> AsyncIterator[RedisVideoCache]:
    async with redis_client(settings.redis) as redis:
        yield RedisVideoCache(Circuit(redis, settings.redis.timeout_s), ttl_s=10)


@pytest.fixture
def sweeper(
    engine: AsyncEngine, messages: BrokerConnection, store: MinioObjectStore, cache: RedisVideoCache
) -> Callable[[timedelta], Sweeping]:
    work = PostgresUnitsOfWork(engine, OutboxRelay(engine, Publisher(messages)), cache)

    def make(grace: timedelta) -> Sweeping:
        sources, multiparts = MinioSources(store, 5 << 20), MinioMultiparts(store, None)
        leftovers = Leftovers(work, sources, multiparts)
        completing = Completing(work, multiparts, leftovers, timedelta(days=7))
        abandoned = AbandonedUploads(work, multiparts, completing, leftovers, batch=2)
        limits = SweepLimits(grace, timedelta(days=7), batch=2)
        return Sweeping(work, sources, abandoned, PostgresSeenMessages(engine), limits)

    return make


@pytest.fixture
def at_once(sweeper: Callable[[timedelta], Sweeping]) -> Sweeping:
    """One that takes whatever is older than now, with a second for the store's clock."""
    return sweeper(timedelta(seconds=-1))
