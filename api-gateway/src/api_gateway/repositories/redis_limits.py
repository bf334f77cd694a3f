"""Rate limits in Redis, counted over all gateways. Keys `fiapx:rate:…`; needs EVALSHA, SCRIPT LOAD, PING on them.

When Redis is gone all requests are let in: a limit protects the platform, its loss must not stop it.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fiapx_common.errors import Unavailable
from fiapx_common.redis import Circuit, redis_client
from fiapx_common.settings import RedisSettings
from limits import RateLimitItemPerSecond, WindowStats
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis

from api_gateway.entities.rates import Quota, RatePolicy
from api_gateway.services.ports import RateLimits


class RedisRateLimits(RateLimits):
    """A moving window per key."""

    def __init__(self, limiter: MovingWindowRateLimiter, circuit: Circuit) -> None:
        """`limiter` counts over the connections of the circuit's client."""
        self._limiter = limiter
        self._circuit = circuit

    async def take(self, policy: RatePolicy, key: str) -> Quota | None:
        item = RateLimitItemPerSecond(policy.limit, policy.window_s, namespace=policy.name)

        async def count(_: Redis) -> tuple[bool, WindowStats]:
            return await self._limiter.hit(item, key), await self._limiter.get_window_stats(item, key)

        try:
            allowed, window = await self._circuit.ask(count)
        except Unavailable:
            return None
        reset_s = max(0.0, window.reset_time - time.time())
        return Quota(policy, allowed, max(0, window.remaining), reset_s)


@asynccontextmanager
async def redis_rate_limits(settings: RedisSettings, rest_s: float) -> AsyncIterator[RedisRateLimits]:
    """Connects when first used. After a failure Redis is left alone for `rest_s`."""
    async with redis_client(settings) as redis:
        options: dict[str, Any] = {
            "implementation": "redispy",
            "key_prefix": "fiapx:rate",
            "connection_pool": redis.connection_pool,
        }
        storage = RedisStorage(f"async+{settings.url.get_secret_value()}", **options)
        yield RedisRateLimits(MovingWindowRateLimiter(storage), Circuit(redis, settings.timeout_s, rest_s))
