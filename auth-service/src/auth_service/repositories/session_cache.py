"""Which sessions live, in Redis: a cache that may be lost or lag, but does not bring back what has ended.

Keys `auth:session:<id>`, each with a time to live. A reader only ever writes where nothing is written (SET NX). Who
ends a session marks it before the commit and puts a tombstone over the mark afterwards, so a reader that saw it alive
just before can't write that any more. What Redis did not take while it was away is said again until it does.
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fiapx_common.errors import Unavailable
from fiapx_common.redis import Circuit
from redis.asyncio import Redis

from auth_service.services.ports import Remembered

_PREFIX: Final = "auth:session:"
_ENDING: Final = b"ending"
_ENDED: Final = b"ended"
_ALIVE: Final = b"alive:"


@dataclass(frozen=True)
class CacheTimes:
    """For how long things are remembered."""

    alive_s: float
    """The longest that a session counts as alive after its row was read."""
    ending_s: float
    """A mark before a commit: longer than any commit takes."""
    ended_s: float
    """A tombstone: longer than any reader takes between reading a row and writing what it read."""


class RedisSessionCache:
    """Implements the port `SessionCache`."""

    def __init__(self, circuit: Circuit, times: CacheTimes) -> None:
        self._circuit = circuit
        self._times = times
        self._unsaid: dict[UUID, float] = {}

    async def read(self, session_id: UUID) -> Remembered | None:
        async def ask(redis: Redis) -> bytes | None:
            found = await redis.get(_name(session_id))
            return found if isinstance(found, bytes) else None

        try:
            found = await self._circuit.ask(ask)
        except Unavailable:
            return None
        if found == _ENDED:
            return Remembered(None)
        if found is None or not found.startswith(_ALIVE):
            return None
        return Remembered(UUID(found.removeprefix(_ALIVE).decode()))

    async def keep_alive(self, session_id: UUID, user_id: UUID, left_s: float) -> None:
        life_s = min(left_s, self._times.alive_s)
        await self._write_new(session_id, _ALIVE + str(user_id).encode(), life_s)

    async def keep_ended(self, session_id: UUID) -> None:
        await self._write_new(session_id, _ENDED, self._times.ended_s)

    async def ending(self, session_ids: Iterable[UUID]) -> None:
        await self._overwrite(session_ids, _ENDING, self._times.ending_s)

    async def ended(self, session_ids: Iterable[UUID]) -> None:
        ids = list(session_ids)
        if not await self._overwrite(ids, _ENDED, self._times.ended_s):
            # after this time nothing that says "alive" is left
            until = time.monotonic() + self._times.alive_s
            self._unsaid |= dict.fromkeys(ids, until)

    async def catch_up(self) -> None:
        """Says what Redis did not take; to be called every so often."""
        now = time.monotonic()
        self._unsaid = {session_id: until for session_id, until in self._unsaid.items() if until > now}
        unsaid = list(self._unsaid)
        if unsaid and await self._overwrite(unsaid, _ENDED, self._times.ended_s):
            for session_id in unsaid:
                self._unsaid.pop(session_id, None)

    async def _write_new(self, session_id: UUID, value: bytes, life_s: float) -> None:
        async def ask(redis: Redis) -> None:
            await redis.set(_name(session_id), value, px=_ms(life_s), nx=True)

        await self._tell(ask)

    async def _overwrite(self, session_ids: Iterable[UUID], value: bytes, life_s: float) -> bool:
        async def ask(redis: Redis) -> None:
            pipeline = redis.pipeline(transaction=False)
            for session_id in session_ids:
                pipeline.set(_name(session_id), value, px=_ms(life_s))
            await pipeline.execute()

        return await self._tell(ask)

    async def _tell(self, ask: Callable[[Redis], Awaitable[None]]) -> bool:
        """False: Redis is away, which the circuit has logged."""
        try:
            await self._circuit.ask(ask)
        except Unavailable:
            return False
        return True


def _name(session_id: UUID) -> str:
    return f"{_PREFIX}{session_id}"


def _ms(seconds: float) -> int:
    return max(round(seconds * 1000), 1)
