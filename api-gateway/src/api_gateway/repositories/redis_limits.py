"""Rate limits in Redis, counted over all gateways. Keys `fiapx:rate:…`; needs EVALSHA, SCRIPT LOAD, PING on them.

When Redis is gone all requests are let in: a limit protects the platform, its loss must not stop it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fiapx_common.settings import RedisSettings
from limits import RateLimitItemPerSecond
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from api_gateway.entities.rates import Quota, RatePolicy
from api_gateway.services.ports import RateLimits

log = structlog.get_logger(__name__)


class RedisRateLimits(RateLimits):
    """A moving window per key. After a failure Redis is left alone for `rest_s`."""

    def __init__(self, limiter: MovingWindowRateLimiter, timeout_s: float, rest_s: float) -> None:
        self._limiter = limiter
        self._timeout_s = timeout_s
        self._rest_s = rest_s
        self._resting_until = 0.0

    async def take(self, policy: RatePolicy, key: str) -> Quota | None:
        if time.monotonic() < self._resting_until:
            return None
        item = RateLimitItemPerSecond(policy.limit, policy.window_s, namespace=policy.name)
        try:
            async with asyncio.timeout(self._timeout_s):
                allowed = await self._limiter.hit(item, key)
                window = await self._limiter.get_window_stats(item, key)
        except (RedisError, OSError, TimeoutError) as error:
            self._resting_until = time.monotonic() + self._rest_s
            log.warning("rate_limits.unavailable", rest_s=self._rest_s, reason=repr(error))
            return None
        reset_s = max(0.0, window.reset_time - time.time())
        return Quota(policy, allowed, max(0, window.remaining), reset_s)


@asynccontextmanager
async def redis_rate_limits(settings: RedisSettings, rest_s: float) -> AsyncIterator[RedisRateLimits]:
    """Connects when first used; without retries, since the next request is one."""
    url = settings.url.get_secret_value()
    pool = ConnectionPool.from_url(
        url,
        socket_timeout=settings.timeout_s,
        socket_connect_timeout=settings.timeout_s,
        retry=Retry(NoBackoff(), 0),
    )
    options: dict[str, Any] = {"implementation": "redispy", "key_prefix": "fiapx:rate", "connection_pool": pool}
    storage = RedisStorage(f"async+{url}", **options)
    try:
        yield RedisRateLimits(MovingWindowRateLimiter(storage), settings.timeout_s, rest_s)
    finally:
        await pool.aclose()
