"""`python -m auth_service.admin`: what operators do here (`--help` lists it)."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from fiapx_common.messaging import Publisher
from fiapx_common.operating import Operation, administer, audit_commands, dead_letter_commands
from fiapx_common.postgres import OutboxRelay
from fiapx_common.redis import Circuit, redis_client

from auth_service.bootstrap import cache_times, link_lifetimes_s
from auth_service.controllers.users_admin import user_commands
from auth_service.repositories.passwords import Argon2Passwords
from auth_service.repositories.session_cache import RedisSessionCache
from auth_service.repositories.signing_keys import KeyCipher
from auth_service.repositories.unit_of_work import PostgresUnitsOfWork
from auth_service.services.links import Links
from auth_service.services.liveness import Liveness
from auth_service.services.operating import Operating
from auth_service.settings import Settings


@asynccontextmanager
async def _operating(operation: Operation[Settings]) -> AsyncIterator[Operating]:
    settings = operation.settings
    # this relay is never run: what is committed here is sent by the service's own, which looks four times a second
    relay = OutboxRelay(operation.engine, Publisher(operation.broker))
    units = PostgresUnitsOfWork(operation.engine, relay, KeyCipher(settings.key_encryption_key.get_secret_value()))
    with closing(Argon2Passwords(settings.hashing.threads, settings.hashing.wait_s)) as passwords:
        async with redis_client(settings.redis) as redis:
            circuit = Circuit(redis, settings.redis.timeout_s)
            liveness = Liveness(units, RedisSessionCache(circuit, cache_times(settings.session_cache)))
            yield Operating(units, passwords, Links(link_lifetimes_s(settings.links)), liveness)


# it reads no queue, and says so to who asks all services
COMMANDS = [*user_commands(_operating), *dead_letter_commands(()), *audit_commands()]

if __name__ == "__main__":
    sys.exit(administer("auth_service", Settings, COMMANDS))
