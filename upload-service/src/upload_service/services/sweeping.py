"""What was left behind goes: files that no row counts on, uploads that nobody goes on with, what is kept no longer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from upload_service.services.abandoned_uploads import AbandonedUploads
from upload_service.services.ports import SeenMessages, Sources, UnitsOfWork


@dataclass(frozen=True)
class Swept:
    """What one round removed."""

    overdue: int
    """Direct uploads whose time was over."""

    unwanted_sources: int
    """Of deleted videos, and of ended ones whose time is over."""
    orphans: int
    """Files without a row."""
    unfinished: int
    """Multipart uploads that nobody goes on with."""
    messages: int
    """Ids of messages taken in long ago."""
    idempotency_keys: int
    """Keys of requests that are kept no longer."""
    shares: int
    """Links that have expired."""
    erased_videos: int
    """Rows of videos of users who are no more."""


@dataclass(frozen=True)
class SweepLimits:
    """What counts as left behind."""

    grace: timedelta
    """Age from which what has no row is a leftover."""
    keep_messages: timedelta
    """For ids of messages that were taken in."""
    batch: int = 500
    """Rows looked at at once."""


class Sweeping:
    """Removes leftovers. Several processes may do so at once: each step may be repeated."""

    def __init__(
        self,
        work: UnitsOfWork,
        sources: Sources,
        abandoned: AbandonedUploads,
        seen: SeenMessages,
        limits: SweepLimits,
    ) -> None:
        self._work = work
        self._sources = sources
        self._abandoned = abandoned
        self._seen = seen
        self._grace = limits.grace
        self._keep_messages = limits.keep_messages
        self._batch = limits.batch

    async def sweep(self) -> Swept:
        """One round. Raises Unavailable: the rest waits for the next one."""
        now = datetime.now(UTC)
        return Swept(
            overdue=await self._abandoned.end_overdue(now),
            unfinished=await self._abandoned.remove_forsaken() + await self._abandoned.abort_unknown(now - self._grace),
            unwanted_sources=await self._remove_unwanted(now),
            orphans=await self._remove_orphans(now - self._grace),
            messages=await self._seen.forget(self._keep_messages),
            idempotency_keys=await self._forget_keys(),
            shares=await self._forget_shares(now),
            erased_videos=await self._purge_erased(),
        )

    async def _remove_unwanted(self, now: datetime) -> int:
        count = 0
        while True:
            async with self._work.begin() as work:
                unwanted = await work.sources.unwanted(now, self._batch)
            if not unwanted:
                return count
            await self._sources.remove(unwanted)
            async with self._work.begin() as work:
                await work.sources.removed(unwanted, now)
                await work.commit()
            count += len(unwanted)

    async def _remove_orphans(self, before: datetime) -> int:
        """Files old enough that an upload under way can't be theirs: the row follows the file within its time limit."""
        count = 0
        async for batch in _batches(self._sources.older_than(before), self._batch):
            async with self._work.begin() as work:
                orphans = batch - await work.sources.kept(batch)
            await self._sources.remove(orphans)
            count += len(orphans)
        return count

    async def _purge_erased(self) -> int:
        async with self._work.begin() as work:
            count = await work.erased_users.purge(self._batch)
            await work.commit()
        return count

    async def _forget_shares(self, now: datetime) -> int:
        async with self._work.begin() as work:
            count = await work.shares.forget(now)
            await work.commit()
        return count

    async def _forget_keys(self) -> int:
        async with self._work.begin() as work:
            count = await work.idempotency_keys.forget()
            await work.commit()
        return count


async def _batches(video_ids: AsyncIterator[UUID], size: int) -> AsyncIterator[set[UUID]]:
    batch: set[UUID] = set()
    async for video_id in video_ids:
        batch.add(video_id)
        if len(batch) == size:
            yield batch
            batch = set()
    if batch:
        yield batch
