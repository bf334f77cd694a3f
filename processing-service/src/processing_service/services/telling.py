"""How far a job is, told to whoever is interested."""

from fiapx_models.events import VideoProgressed

from processing_service.entities.job import Job
from processing_service.services.ports import UnitOfWork


async def tell_progress(work: UnitOfWork, job: Job, at_most_every_s: float) -> None:
    """An event, where there is news and the last one is not too recent."""
    news = await work.jobs.progressed(job.key, at_most_every_s)
    if news is None:
        return
    await work.outbox.add(
        VideoProgressed(
            video_id=job.key.video_id,
            user_id=job.request.user_id,
            attempt=job.key.attempt,
            progress=news.work_share,
            frames_done=news.frames_done,
            frames_ready=news.frames_ready,
        )
    )
