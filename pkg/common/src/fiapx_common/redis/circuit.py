"""While Redis is away nobody waits for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fiapx_common.errors import Unavailable
from fiapx_common.metrics import calling
from fiapx_common.redis.measuring import RESTING
from fiapx_common.resting import Rest

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Circuit:
    """Asks Redis. After a failure it is left alone for `rest_s`; then one caller tries, the others go on without it."""

    def __init__(self, redis: Redis, timeout_s: float, rest_s: float = 2.0) -> None:
        self._redis = redis
        self._timeout_s = timeout_s
        self._rest = Rest(rest_s)

    async def ask(self, question: Callable[[Redis], Awaitable[T]]) -> T:
        """The answer of `question(redis)`, within the time-out for all of it.

        Raises:
            Unavailable: no answer; at once while Redis is left alone.
        """
        if not self._rest.may_ask():
            raise _unavailable("it did not answer a moment ago")
        with calling("redis", "command"):
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer = await question(self._redis)
            except (RedisError, OSError, TimeoutError) as error:
                self._rest.failed()
                RESTING.set(1)
                log.warning("redis.away", rest_s=self._rest.rest_s, reason=repr(error))
                raise _unavailable(type(error).__name__) from error
        self._rest.answered()
        RESTING.set(0)
        return answer


def _unavailable(reason: str) -> Unavailable:
    return Unavailable("redis_unavailable", f"Redis does not answer ({reason}).")
