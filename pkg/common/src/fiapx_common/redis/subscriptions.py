"""Pub/sub channels of one process over one connection."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
_AWAY: Final = (RedisError, OSError, TimeoutError)


class Subscriptions:
    """Whoever hears a channel has its event set by each message, and once hearing begins (again): look what you missed.

    Messages are hints, their content is not read. The connection is replaced when it breaks or falls silent.
    """

    def __init__(self, redis: Redis, prefix: str, *, beat_s: float = 5.0, retry_s: float = 1.0) -> None:
        """`prefix` begins each channel's name, also that of a silent one, which keeps the connection open."""
        self._redis = redis
        self._prefix = prefix
        self._beat_s = beat_s
        self._retry_s = retry_s
        self._heard: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._pubsub: PubSub | None = None

    @asynccontextmanager
    async def hearing(self, channel: str) -> AsyncIterator[asyncio.Event]:
        """An event for `channel`. Nothing is raised while Redis is away."""
        name = self._prefix + channel
        event = asyncio.Event()
        events = self._heard[name]
        events.add(event)
        try:
            if len(events) == 1:
                await self._tell("subscribe", name)
            yield event
        finally:
            events.discard(event)
            if not events and self._heard.get(name) is events:
                del self._heard[name]
                await self._tell("unsubscribe", name)

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(f"{self._prefix}silence")
                    self._pubsub = pubsub
                    if self._heard:
                        await pubsub.subscribe(*self._heard)
                    await self._listen(pubsub)
            except _AWAY as error:
                log.warning("redis.unheard", retry_s=self._retry_s, reason=repr(error))
            finally:
                self._pubsub = None
            await asyncio.sleep(self._retry_s)

    async def _listen(self, pubsub: PubSub) -> None:
        pinged = False
        while True:
            message = await pubsub.get_message(timeout=self._beat_s)
            if message is not None:
                pinged = False
                if message["type"] in ("message", "subscribe"):
                    for event in self._heard.get(message["channel"].decode(), ()):
                        event.set()
            elif pinged:
                raise TimeoutError(f"no answer to a ping within {self._beat_s:g} s")
            else:
                pinged = True
                await pubsub.ping()

    async def _tell(self, command: str, name: str) -> None:
        """A connection that can't take it is about to be replaced, and the next one subscribes to all."""
        if self._pubsub is None:
            return
        try:
            async with asyncio.timeout(self._beat_s):
                await getattr(self._pubsub, command)(name)
        except _AWAY as error:
            log.info("redis.unheard", channel=name, reason=repr(error))
