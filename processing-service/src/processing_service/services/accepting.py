"""What a video's events mean for its jobs, in whatever order and however often they come."""

from uuid import UUID

import structlog

from processing_service.entities.job import JobKey, JobState, Request
from processing_service.services.outcomes import Finished, NothingToDo, Outcome
from processing_service.services.ports import UnitsOfWork
from processing_service.services.tasks import PLANNING_QUEUE, PlanningTask

log = structlog.get_logger(__name__)
_CONSUMER = "processing.video-events"
_SEEN = NothingToDo("seen before")


class Accepting:
    """Begins and withdraws jobs. Never waits for anything but the database, so that a cancel is heard at once."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    async def uploaded(self, request: Request, message_id: str) -> Outcome:
        """A new attempt; supersedes the older ones."""
        key = request.key
        async with self._units.begin() as work:
            if not await work.inbox.first_time(message_id, _CONSUMER):
                return _SEEN
            refusal = (await work.videos.lock(key.video_id)).refusal_of(key.attempt)
            if refusal is None:
                await work.videos.begin(key)
                await work.jobs.withdraw(key.video_id, key.attempt - 1, JobState.SUPERSEDED)
                await work.jobs.add(request)
                await work.outbox.add_task(PLANNING_QUEUE, PlanningTask(video_id=key.video_id, attempt=key.attempt))
            await work.commit()
        return NothingToDo(refusal) if refusal else Finished()

    async def cancelled(self, key: JobKey, message_id: str) -> Outcome:
        """This attempt and those before it are not wanted; a later one still is."""
        async with self._units.begin() as work:
            if not await work.inbox.first_time(message_id, _CONSUMER):
                return _SEEN
            await work.videos.lock(key.video_id)
            await work.videos.cancel(key)
            await work.jobs.withdraw(key.video_id, key.attempt, JobState.CANCELLED)
            # completed meanwhile: its owner was told that it is cancelled, and is never shown a result
            await work.leftovers.give_up(key)
            await work.commit()
        log.info("job.cancelled", video_id=key.video_id, attempt=key.attempt)
        return Finished()

    async def deleted(self, video_id: UUID, message_id: str) -> Outcome:
        """Nothing of it is wanted; the sweeper removes what there is once nobody works on it any more."""
        async with self._units.begin() as work:
            if not await work.inbox.first_time(message_id, _CONSUMER):
                return _SEEN
            attempts = await work.videos.lock(video_id)
            await work.videos.delete(video_id)
            await work.jobs.withdraw(video_id, attempts.newest, JobState.CANCELLED)
            await work.commit()
        log.info("video.deleted", video_id=video_id)
        return Finished()
