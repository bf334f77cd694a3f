"""How much there is to do, who does it, and when it will be done; answered from a look that is at most a second old."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from fiapx_common.errors import FieldError, Invalid, Unavailable

from processing_service.entities.forecast import Place, Workload, places
from processing_service.services.ports import UnitsOfWork, Workers
from processing_service.services.workload_ports import Backlog

VIDEOS_AT_MOST: Final = 200
_KEPT_S: Final = 1.0


@dataclass(frozen=True)
class Status:
    """The whole platform."""

    workers_alive: int
    backlog: Backlog


@dataclass(frozen=True)
class _Look:
    workers: int | Unavailable
    backlog: Backlog
    places: dict[UUID, Place]
    taken_at: float


class Forecasting:
    """However many ask, the database and the broker are asked once a second at most."""

    def __init__(self, units: UnitsOfWork, workers: Workers) -> None:
        self._units = units
        self._workers = workers
        self._looking = asyncio.Lock()
        self._last: _Look | None = None

    async def queue(self, video_ids: Iterable[UUID]) -> dict[UUID, Place]:
        """Those of the videos that wait or run. Raises Invalid, Unavailable."""
        wanted = set(video_ids)
        if len(wanted) > VIDEOS_AT_MOST:
            fields = [FieldError("video_ids", f"must be at most {VIDEOS_AT_MOST}")]
            raise Invalid("invalid_request", "The request is not valid.", fields)
        known = (await self._look()).places
        return {video_id: known[video_id] for video_id in wanted if video_id in known}

    async def status(self) -> Status:
        """Raises Unavailable."""
        look = await self._look()
        if isinstance(look.workers, Unavailable):
            raise look.workers
        return Status(look.workers, look.backlog)

    async def _look(self) -> _Look:
        async with self._looking:
            if self._last is None or time.monotonic() - self._last.taken_at >= _KEPT_S:
                self._last = await self._taken()
            return self._last

    async def _taken(self) -> _Look:
        began = time.monotonic()
        async with self._units.begin() as work:
            jobs = await work.workload.live_jobs()
            measured = await work.workload.measured()
            backlog = await work.workload.backlog()
        workers = await self._count()
        told = Workload(tuple(jobs), measured, workers if isinstance(workers, int) else None)
        return _Look(workers, backlog, places(told), began)

    async def _count(self) -> int | Unavailable:
        """Without the broker a position can still be told."""
        try:
            return await self._workers.alive()
        except Unavailable as absence:
            return absence
