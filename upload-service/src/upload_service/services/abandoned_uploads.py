"""Uploads that nobody goes on with end, and their parts go."""

from datetime import datetime

from upload_service.services.completing import Completing
from upload_service.services.leftovers import Leftovers
from upload_service.services.ports import Multiparts, UnitsOfWork


class AbandonedUploads:
    """The sweeper's hands on uploads. Each method answers how many there were; several processes may work at once."""

    def __init__(
        self,
        work: UnitsOfWork,
        multiparts: Multiparts,
        completing: Completing,
        leftovers: Leftovers,
        *,
        batch: int = 500,
    ) -> None:
        self._work = work
        self._multiparts = multiparts
        self._completing = completing
        self._leftovers = leftovers
        self._batch = batch

    async def end_overdue(self, now: datetime) -> int:
        """Fails the videos of uploads whose time is over, but for those whose file is whole: they are queued."""
        count = 0
        while True:
            async with self._work.begin() as work:
                overdue = await work.direct_uploads.overdue(now, self._batch)
            if not overdue:
                return count
            for video_id in overdue:
                count += await self._completing.settle(video_id)

    async def remove_forsaken(self) -> int:
        """What ended uploads left: whoever ended them could not remove it, or died before."""
        count = 0
        while True:
            async with self._work.begin() as work:
                forsaken = await work.direct_uploads.forsaken(self._batch)
            if not forsaken:
                return count
            for video_id in forsaken:
                await self._leftovers.remove(video_id)
            count += len(forsaken)

    async def abort_unknown(self, before: datetime) -> int:
        """Multipart uploads without a row: of streams that broke off, and of direct uploads that no row came of."""
        old = await self._multiparts.older_than(before)
        if not old:
            return 0
        async with self._work.begin() as work:
            known = await work.direct_uploads.open_among([each.multipart_id for each in old])
        unknown = [each for each in old if each.multipart_id not in known]
        for each in unknown:
            await self._multiparts.abort(each)
        return len(unknown)
