"""Which jobs have something to read."""

from processing_service.entities.errors import ResultNotFound
from processing_service.entities.job import Job, JobKey
from processing_service.services.ports import UnitOfWork


async def job_with_result(work: UnitOfWork, key: JobKey) -> Job:
    """Raises ResultNotFound: no such attempt, not finished, expired or removed."""
    job = await work.jobs.get(key)
    if job is None or not job.has_result:
        raise ResultNotFound(key)
    return job


async def job_with_frames(work: UnitOfWork, key: JobKey) -> Job:
    """As `job_with_result`, and also a job that is being worked on: its finished segments' frames may be read."""
    job = await work.jobs.get(key)
    if job is None or not (job.has_result or job.has_early_frames):
        raise ResultNotFound(key)
    return job
