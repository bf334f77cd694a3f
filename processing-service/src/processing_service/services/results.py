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
