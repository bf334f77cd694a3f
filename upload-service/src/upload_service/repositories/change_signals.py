"""Signals that a user's videos changed: Redis channels `upload:changes:{user_id}`, messages without content."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final
from uuid import UUID

from fiapx_common.redis import Subscriptions
from redis.asyncio import Redis

_PREFIX: Final = "upload:changes:"


class RedisChangeSignals:
    """Needs SUBSCRIBE, UNSUBSCRIBE and PING on its channels; one connection for all users."""

    def __init__(self, redis: Redis) -> None:
        self._subscriptions = Subscriptions(redis, _PREFIX)

    def listening(self, user_id: UUID) -> AbstractAsyncContextManager[asyncio.Event]:
        return self._subscriptions.hearing(str(user_id))

    async def run(self) -> None:
        """Listens until cancelled."""
        await self._subscriptions.run()


def channel(user_id: UUID) -> str:
    """Whoever changed a video publishes here."""
    return f"{_PREFIX}{user_id}"
