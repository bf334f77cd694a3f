"""`python -m upload_service.admin`: what operators do here (`--help` lists it)."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fiapx_common.messaging import Publisher
from fiapx_common.operating import Operation, administer, audit_commands, dead_letter_commands
from fiapx_common.postgres import OutboxRelay
from fiapx_common.redis import Circuit, redis_client

from upload_service.bootstrap import general_quota
from upload_service.controllers import outcome_events, user_events
from upload_service.controllers.quotas_admin import quota_commands
from upload_service.repositories.unit_of_work import PostgresUnitsOfWork
from upload_service.repositories.video_cache import RedisVideoCache
from upload_service.services.operating import Operating
from upload_service.settings import Settings


@asynccontextmanager
async def _operating(operation: Operation[Settings]) -> AsyncIterator[Operating]:
    settings = operation.settings
    # no message and no video's change comes of these commands: relay and cache are never asked
    relay = OutboxRelay(operation.engine, Publisher(operation.broker))
    async with redis_client(settings.redis) as redis:
        cache = RedisVideoCache(Circuit(redis, settings.redis.timeout_s), settings.watch.cache_s)
        yield Operating(PostgresUnitsOfWork(operation.engine, relay, cache), general_quota(settings.quota))


COMMANDS = [
    *quota_commands(_operating),
    *dead_letter_commands([outcome_events.QUEUE, user_events.QUEUE]),
    *audit_commands(),
]

if __name__ == "__main__":
    sys.exit(administer("upload_service", Settings, COMMANDS))
