"""Videos in Redis, and the word to those who watch: keys `upload:video:{shape}:{id}`, channels of `change_signals`.

Needs HGET, HSET, PEXPIRE, EVAL and PUBLISH on them. Nothing here is the truth: what is lost is read from PostgreSQL.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import fields
from typing import Final
from uuid import UUID
from zlib import crc32

import structlog
from fiapx_common.errors import Unavailable
from fiapx_common.redis import Circuit
from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis

from upload_service.entities.changes import Change
from upload_service.entities.video import Video
from upload_service.repositories.change_signals import channel

log = structlog.get_logger(__name__)
_JSON: Final = TypeAdapter(Video)
# A release that knows other fields has keys of its own.
_SHAPE: Final = f"{crc32(' '.join(field.name for field in fields(Video)).encode()):08x}"
_UNTOLD_MOST: Final = 1_000
# A reader that was slow can't put an old state over a newer one.
_KEEP_NEWEST: Final = """
local known = redis.call('HGET', KEYS[1], 'seq')
if known and tonumber(known) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'seq', ARGV[1], 'video', ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])
"""


class RedisVideoCache:
    """The newest state wins, whoever writes it and when: each carries the seq of its change.

    Whoever changes a video writes it after the commit. What it could not write, because Redis was away, it writes
    before it reads again; what it took to its grave is outlived by `ttl_s`.
    """

    def __init__(self, circuit: Circuit, ttl_s: float) -> None:
        self._circuit = circuit
        self._ttl_s = ttl_s
        self._untold: dict[UUID, Change] = {}

    async def fetch(self, video_id: UUID, read: Callable[[], Awaitable[Change]]) -> Video:
        """Anybody's video, deleted ones too; by `read` where it is not kept, and from then on it is."""
        kept = await self._find(video_id)
        if kept is not None:
            return kept
        began_s = time.monotonic()
        found = await read()
        if time.monotonic() - began_s < self._ttl_s:  # or a newer state may have come, and gone by its age
            await self._write([found], heard=False)
        return found.video

    async def tell(self, changes: Collection[Change]) -> None:
        """These have become true."""
        self._untold.update((change.video.id, change) for change in changes)
        await self._tell_all()

    async def _find(self, video_id: UUID) -> Video | None:
        if self._untold and not await self._tell_all():
            return None
        try:
            kept = await self._circuit.ask(lambda redis: redis.hget(_key(video_id), "video"))
            return _JSON.validate_json(kept) if kept else None
        except Unavailable:
            return None
        except ValidationError:
            log.exception("cache.unreadable", video_id=str(video_id))
            return None

    async def _tell_all(self) -> bool:
        """Whether nothing is left to be told."""
        told = dict(self._untold)
        if await self._write(told.values(), heard=True):
            for video_id, change in told.items():
                if self._untold.get(video_id) is change:
                    del self._untold[video_id]
        elif len(self._untold) > _UNTOLD_MOST:
            self._untold.clear()
        return not self._untold

    async def _write(self, changes: Collection[Change], *, heard: bool) -> bool:
        ttl_ms = round(self._ttl_s * 1000)

        async def write(redis: Redis) -> None:
            async with redis.pipeline(transaction=False) as pipeline:
                for seq, video in changes:
                    pipeline.eval(_KEEP_NEWEST, 1, _key(video.id), str(seq), _JSON.dump_json(video), str(ttl_ms))
                    if heard:
                        pipeline.publish(channel(video.user_id), "")
                await pipeline.execute()

        try:
            await self._circuit.ask(write)
        except Unavailable:
            return False
        return True


def _key(video_id: UUID) -> str:
    return f"upload:video:{_SHAPE}:{video_id}"
