"""Who lost a segment and comes back at the very moment at which the one who took it over is done."""

import asyncio
from typing import Any

from fiapx_common.postgres import OutboxRelay
from fiapx_testing.clips import Clips
from processing_service.entities.archive import StoredPart, part_key
from processing_service.entities.job import JobKey
from processing_service.entities.segment import SegmentKey, TakenSegment
from processing_service.repositories.unit_of_work import PostgresUnitsOfWork
from processing_service.services.row_ports import WrittenPart

Platform = Any  # conftest's
ROUNDS = 100
LEASE_S = 600
NAME = "both"
"""So that it is the attempt's number alone that tells one from the other."""


class Holder:
    """One that has taken the segment, each deed a transaction of its own; each tells whether it changed anything."""

    def __init__(self, units: PostgresUnitsOfWork) -> None:
        self._units = units
        self.taken: TakenSegment

    async def take(self, key: SegmentKey) -> None:
        async with self._units.begin() as work:
            taken = await work.segments.take(key, NAME, LEASE_S, redelivered=True)
            await work.commit()
        assert isinstance(taken, TakenSegment)
        self.taken = taken

    async def finish(self) -> bool:
        fence = self.taken.lease.attempt
        part = WrittenPart(StoredPart(part_key(self.taken.key, fence), size_bytes=fence), ())
        async with self._units.begin() as work:
            finished = await work.segments.finish(self.taken, part)
            await work.commit()
        return finished

    async def renew(self) -> bool:
        async with self._units.begin() as work:
            renewed = await work.segments.renew(self.taken, 7, LEASE_S)
            await work.commit()
        return renewed

    async def hand_back(self) -> bool:
        async with self._units.begin() as work:
            tally = await work.segments.hand_back(self.taken, charged=True)
            await work.commit()
        return tally is not None


async def test_in_a_hundred_races_the_one_who_came_back_changes_nothing(platform: Platform, clips: Clips) -> None:
    video = await platform.insert_job(clips.counter(frames=30).path)
    await platform.change("UPDATE jobs SET state = 'running'")
    await platform.change(
        "INSERT INTO segments (video_id, attempt, number, state, spec, frames_planned, work_s)"
        " VALUES (:video_id, 1, 0, 'released', '{}', 1, 1)",
        video_id=video.video_id,
    )
    units = PostgresUnitsOfWork(platform.engine, OutboxRelay(platform.engine, platform.upload_service.publisher))
    zombie, successor = Holder(units), Holder(units)
    for _ in range(ROUNDS):
        for holder in (zombie, successor):
            await holder.take(SegmentKey(JobKey(video.video_id, 1), 0))
        changed = await asyncio.gather(zombie.finish(), zombie.renew(), zombie.hand_back(), successor.finish())
        assert [*changed] == [False, False, False, True]
        (row,) = await platform.segments(video.video_id)
        assert (row.state, row.part_bytes, row.charged) == ("done", successor.taken.lease.attempt, 0)
        await platform.change("UPDATE segments SET state = 'released'")
