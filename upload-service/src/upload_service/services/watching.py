"""A user's videos as they change, told to whoever watches."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fiapx_common.errors import Unavailable
from fiapx_models.statuses import TERMINAL

from upload_service.entities.changes import Change
from upload_service.entities.pacing import Pacing
from upload_service.services.change_ports import ChangeRecords, ChangeSignals

_PAGE: Final = 100
_AT_ONCE_S: Final = 0.1


@dataclass(eq=False)
class _Watcher:
    user_id: UUID
    video_id: UUID | None
    signal: asyncio.Event
    read_seq: int
    """It has read all up to here."""


class Watching:
    """Tells what it reads from the record; signals only say that there is something to read.

    So nothing is told twice or lost, and a watcher that takes its time is told each video's newest state, whatever
    happened meanwhile. No transaction is open while nothing happens.
    """

    def __init__(self, records: ChangeRecords, signals: ChangeSignals, progress_every_s: float) -> None:
        self._records = records
        self._signals = signals
        self._progress_every_s = progress_every_s
        self._watchers: set[_Watcher] = set()
        self._stopping = False

    async def watch(
        self, user_id: UUID, video_id: UUID | None = None, after_seq: int | None = None
    ) -> AsyncGenerator[Change | None, None]:
        """None at first: changes from now on are seen. Then those after `after_seq`, then each as it comes.

        Of a single video the present state comes first; the end is its terminal state, or that it is deleted.

        Raises:
            VideoNotFound: there is no such video of the user's.
            Unavailable: the record can't be read, or this process is about to end: go on elsewhere.
        """
        self._refuse_at_the_end()
        async with self._signals.listening(user_id) as signal:
            pacing = Pacing(self._progress_every_s)
            first = [await self._records.current(user_id, video_id)] if video_id else []
            read_seq = first[0].seq if first else await self._begin(user_id, after_seq)
            watcher = _Watcher(user_id, video_id, signal, read_seq)
            self._watchers.add(watcher)
            try:
                yield None
                changes = first
                while True:
                    for change in pacing.admit(changes, time.monotonic()):
                        yield change
                        if video_id and _is_over(change):
                            return
                    changes = await self._next(watcher, pacing)
            finally:
                self._watchers.discard(watcher)

    async def look(self) -> None:
        """Wakes those who have something to read: a signal may be lost, and there may be nobody who carries any.

        Raises:
            Unavailable
        """
        newest = await self._records.newest({watcher.user_id for watcher in self._watchers})
        for watcher in self._watchers:
            if newest.get(watcher.user_id, 0) > watcher.read_seq:
                watcher.signal.set()

    def stop(self) -> None:
        """Ends all watches, and begins no more."""
        self._stopping = True
        for watcher in self._watchers:
            watcher.signal.set()

    async def _begin(self, user_id: UUID, after_seq: int | None) -> int:
        """A seq from the future can't be ours: it counts as now."""
        newest = (await self._records.newest({user_id})).get(user_id, 0)
        return newest if after_seq is None else min(after_seq, newest)

    async def _next(self, watcher: _Watcher, pacing: Pacing) -> list[Change]:
        """What is new, after waiting for it; empty when one that was held is due."""
        while True:
            self._refuse_at_the_end()
            watcher.signal.clear()
            page = await self._records.since(watcher.user_id, watcher.read_seq, _PAGE)
            if page:
                watcher.read_seq = page[-1].seq
                return [change for change in page if watcher.video_id in (None, change.video.id)]
            wait_s = pacing.wait_s(time.monotonic())
            try:
                async with asyncio.timeout(wait_s):
                    await watcher.signal.wait()
            except TimeoutError:
                return []

    def _refuse_at_the_end(self) -> None:
        if self._stopping:
            raise Unavailable("service_stopping", "This replica is about to end.", retry_after_s=_AT_ONCE_S)


def _is_over(change: Change) -> bool:
    return change.video.deleted_at is not None or change.video.status in TERMINAL
